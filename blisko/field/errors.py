from blisko.kit.errors import Invalid, NotFound, WrongMoment


class NoSuchTechnician(NotFound):
    """No technician with this id, or none this actor may know of."""

    words = "We do not know this technician."


class BadShift(Invalid):
    """A shift ends before it starts or lasts more than a day."""

    words = "A shift must end after it starts and last at most 24 hours."


class ShiftsOverlap(Invalid):
    """A technician would work twice at a time; `details`: the shift he has, `id`, `starts_at` and `ends_at`."""

    words = "This technician already works during these hours: change that shift, or give one that leaves its hours free."


class BadBreak(Invalid):
    """A break cannot begin and end within its shift, or lasts no time or too long."""

    words = "A break must begin and end within the shift and last at most four hours."


class BadAbsence(Invalid):
    """An absence ends before it starts or lasts longer than a year."""

    words = "An absence must end after it starts and last at most a year."


class BadLevel(Invalid):
    """A skill's level is none of 1, 2 and 3."""

    words = "A skill has a level of 1, 2 or 3."


class BadHome(Invalid):
    """A home is half given or lies outside the earth; no details, since they would be a home."""

    words = "A home needs a latitude (−90 to 90) and a longitude (−180 to 180)."


class BadStock(Invalid):
    """A count of parts is negative, or of a part without a name; `details`: `parts`, the codes."""

    words = "A number of parts cannot be negative, and a part needs a name."


class NoVan(WrongMoment):
    """Somebody who drives no van would take, return or count parts."""

    words = "You drive no van: nothing can be put into it."


class NoSuchVan(NotFound):
    """No van has this plate."""

    words = "We do not know this van."


class NoPlaceForStock(Invalid):
    """A line of a sheet names neither a van nor a depot, or both."""

    words = "Name either a van or a depot."


class BookingTaken(WrongMoment):
    """An operation's id was used before for another one, or by somebody else."""

    words = "This was booked before as something else."


class BadDepot(Invalid):
    """A depot closes before it opens."""

    words = "A depot must close after it opens."


class NoSuchDepot(NotFound):
    """No depot has this code."""

    words = "We do not know this depot."


class BadArea(Invalid):
    """An area is no GeoJSON polygon of 3 to 2,000 corners on earth without holes, or crosses the 180th meridian."""

    words = "Give the area as one GeoJSON polygon without holes, with 3 to 2,000 corners."


class NoSuchArea(NotFound):
    """No work area has this code."""

    words = "We do not know this area."


class NoSuchZone(NotFound):
    """No zone has this code."""

    words = "We do not know this zone."


class NoSuchTeam(NotFound):
    """No team has this code."""

    words = "We do not know this team."


class BadPhoto(Invalid):
    """The file is no picture we can read, or it is too large."""

    words = "Please choose a JPEG, PNG or WebP picture of at most 8 MB."


class CodeTaken(Invalid):
    """Another technician already has this personnel code."""

    words = "Another technician already has this code."


class VanTaken(Invalid):
    """Another technician already drives this van."""

    words = "Another technician already drives this van."
