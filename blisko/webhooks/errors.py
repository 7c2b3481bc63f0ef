from blisko.kit.errors import Invalid, NotFound


class NoSuchEndpoint(NotFound):
    """No webhook endpoint has this id, or it was removed."""

    words = "We could not find this webhook."


class NoSuchCall(NotFound):
    """No webhook delivery has this id."""

    words = "We do not have this webhook message; it may have been forgotten in time."


class BadEndpoint(Invalid):
    """An endpoint's address is none we may call, or it asks for no event or an unknown one."""

    words = "Please give a public https address without a password in it, and choose at least one event."
