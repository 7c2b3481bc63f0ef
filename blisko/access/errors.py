from blisko.kit.errors import Gone, Invalid, NotAllowed, NotFound, TooMany, Unavailable, WrongMoment


class Forbidden(NotAllowed):
    """The actor lacks the permission that `details` names."""

    words = "Your role does not allow this. Ask an administrator for the permission."


class UnknownKey(NotFound):
    """No key has this token."""

    words = "This link does not lead anywhere. Please check that you opened it whole."


class EndedKey(Gone):
    """The key has expired or was revoked."""

    words = "This link has ended. If you still need us, please get in touch."


class TooFast(TooMany):
    """A rate limit is spent."""


class NotSignedIn(NotAllowed):
    """The API was asked without a token, with an unknown one, or with one that has ended."""

    status, code = 401, "not-signed-in"
    words = "Send a valid API token: Authorization: Bearer …"


class UnknownScope(Invalid):
    """A scope is no permission that any app declares; `details` names it."""

    words = "One of these permissions does not exist."


class KeyReused(Invalid):
    """An idempotency key came back with another request."""

    words = "This Idempotency-Key was already used for a different request. Use a new key."


class StillAtIt(WrongMoment):
    """A request with the same idempotency key is being worked on right now."""

    words = "The same request is being worked on at this moment. Ask again shortly."
    retry_after = 1


class LostSecret(Unavailable):
    """SECRET_KEY changed since this key was made, so its token cannot be derived any more; make a new key."""

    words = "This link can no longer be made. Please send a new one."
