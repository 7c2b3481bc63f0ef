"""How messaging says no."""

from blisko.kit.errors import Invalid, NotFound


class BadAddress(Invalid):
    """Neither a telephone number in international form nor an e-mail address."""

    code = "bad-address"
    words = "This is not an address we can write to."


class BadBrowser(Invalid):
    """A browser's subscription names an address we may not call, or has no keys to encrypt for."""

    code = "bad-browser"
    words = "This browser cannot be told."


class BadTemplate(Invalid):
    """The text uses a placeholder that its message does not have, lacks one it needs, or has a stray brace."""

    code = "bad-template"
    words = "Something in this text is not right."


class NoSuchTemplate(NotFound):
    """No message has this code, or not for this channel."""

    code = "no-such-template"
    words = "There is no such message."


class NoSuchDelivery(NotFound):
    """No delivery has this id, or none this actor may know of."""

    code = "no-such-delivery"
    words = "There is no such message."
