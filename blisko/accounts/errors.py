from blisko.kit.errors import Invalid


class EmailTaken(Invalid):
    """Somebody already signs in with this e-mail address."""

    words = "Somebody already signs in with this e-mail address."
