"""What people wish of a plan, and the seats of a crew."""

from collections.abc import Mapping
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


def may_do(technician_id: int, wishes: Mapping[int, WishKind]) -> bool:
    """Answer whether the wishes for a visit (technician to kind) let this technician do it."""
    alone = {one for one, kind in wishes.items() if kind == WishKind.ONLY}
    return wishes.get(technician_id) != WishKind.NEVER and (not alone or technician_id in alone)
