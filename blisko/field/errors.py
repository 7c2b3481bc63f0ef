from blisko.kit.errors import Invalid, NotFound


class NoSuchTechnician(NotFound):
    """No technician with this id, or none this actor may know of."""

    words = "We do not know this technician."


class BadShift(Invalid):
    """A shift ends before it starts or lasts more than a day."""

    words = "A shift must end after it starts and last at most 24 hours."


class BadPhoto(Invalid):
    """The file is no picture we can read, or it is too large."""

    words = "Please choose a JPEG, PNG or WebP picture of at most 8 MB."


class CodeTaken(Invalid):
    """Another technician already has this personnel code."""

    words = "Another technician already has this code."


class VanTaken(Invalid):
    """Another technician already drives this van."""

    words = "Another technician already drives this van."
