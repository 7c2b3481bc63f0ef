from blisko.kit.errors import Invalid, NotFound, Unavailable


class NoSuchDevice(NotFound):
    """No device with this id, or none this actor may know of."""

    words = "We do not know this phone."


class UnknownApp(Invalid):
    """No provisioning is known for this app."""

    words = "Choose one of the apps in the list."


class DatabaseAway(Unavailable):
    """Nothing can be kept for the moment; the phone keeps its reports and sends them again."""

    retry_after = 5
