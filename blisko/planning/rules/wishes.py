"""What people wish of a plan, and the seats of a crew."""

from enum import StrEnum

LEAD, SECOND = 1, 2


class WishKind(StrEnum):
    """Who does a visit: this one rather than others, this one never, nobody but this one (and others wished so)."""

    PREFERRED = "preferred"
    NEVER = "never"
    ONLY = "only"


class PinKind(StrEnum):
    """What of an assignment stays: with this technician, or at this time."""

    TECHNICIAN = "technician"
    TIME = "time"
