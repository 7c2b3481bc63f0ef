"""A repair as it is kept with an alert: what to do, and its cost in minutes, windows and customers told."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from blisko.planning.rules.repairs import Repair, RepairKind


@dataclass(frozen=True, slots=True)
class WayOut:
    """`technician`: who does the visit then, `before` which other visit (None: last); `other`: the visit it changes places with.

    `minutes`: driven more (below nothing: less). `windows_broken`: promises that would break and do not as things are.
    """

    kind: RepairKind
    visit: int
    technician: int
    before: int | None
    other: int | None
    minutes: int
    windows_broken: int
    customers_told: int

    def as_json(self) -> dict[str, Any]:
        """Answer it as plain values to be kept."""
        return asdict(self) | {"kind": str(self.kind)}


def way_out_of(repair: Repair) -> WayOut:
    """Answer what is kept of a repair."""
    brings = repair.brings
    cost = (brings.minutes, len(brings.windows_broken), len(brings.customers_told))
    return WayOut(repair.kind, repair.visit_id, repair.technician_id, repair.before, repair.other, *cost)


def way_out_from(kept: Mapping[str, Any]) -> WayOut:
    """Answer the way out that `as_json` wrote."""
    return WayOut(**{**kept, "kind": RepairKind(kept["kind"])})
