from blisko.kit.errors import Gone, NotAllowed, NotFound, TooMany


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
