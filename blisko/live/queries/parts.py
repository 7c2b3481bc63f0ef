"""Parts as the technician and the manager see them: the day's against the van, and the depots by name."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from blisko.access.rules import Actor, require
from blisko.accounts.queries import names_of
from blisko.field.queries import depots_named, names_of_parts, parts_known, pickup_points_of, used_for
from blisko.planning.queries import parts_check
from blisko.planning.queries.problems import kit_of
from blisko.visits.queries import visit_by_id, visit_for

if TYPE_CHECKING:
    from blisko.field.models import Depot, Part, StockMovement
    from blisko.planning.rules.parts import Fetch, PartsCheck

FETCHES = 4  # as many places are offered


@dataclass(frozen=True)
class Lacking:
    """A part or tool the van will want and not have, and for which visit first."""

    code: str
    names: dict[str, str]
    count: int
    tool: bool
    visit_id: int
    street: str


@dataclass(frozen=True)
class Place:
    """A depot on the way: what it has of what is missing, what the detour costs, and before which visit."""

    depot: "Depot"
    fetch: "Fetch"
    street: str
    parts: list[tuple[str, dict[str, str], int]]
    tools: list[dict[str, str]]
    op: UUID = field(default_factory=uuid4)


@dataclass(frozen=True)
class DayParts:
    """The parts of a day in words."""

    check: "PartsCheck"
    lacking: list[Lacking]
    places: list[Place]
    wanted: list[tuple[dict[str, str], int]]


@dataclass(frozen=True)
class ShelfToTake:
    """A depot to take parts from, and the parts one may name there; an endless one has every part there is."""

    depot: "Depot"
    parts: "list[Part]"


def day_parts(actor: Actor, technician_id: int, day: date, *, now: datetime) -> DayParts:
    """Answer the rest of a technician's day against his van, in words; see `parts_check`."""
    check = parts_check(actor, technician_id, day, now=now)
    fetches = check.fetches[:FETCHES]
    depots = depots_named(fetch.depot_id for fetch in fetches)
    names = names_of_parts({one.code for one in check.missing} | check.parts.keys())
    visits = {one.visit_id for one in check.missing} | {check.calls[fetch.before].visit_id for fetch in fetches}
    streets = {visit_id: visit_by_id(visit_id).order.site.street for visit_id in visits}
    return DayParts(
        check,
        [Lacking(one.code, names[one.code], one.count, one.tool, one.visit_id, streets[one.visit_id]) for one in check.missing],
        [
            Place(
                depots[fetch.depot_id],
                fetch,
                streets[check.calls[fetch.before].visit_id],
                [(code, names[code], count) for code, count in sorted(fetch.parts.items())],
                [names[code] for code in sorted(fetch.tools)],
            )
            for fetch in fetches
        ],
        [(names[code], count) for code, count in sorted(check.parts.items())],
    )


def shelves_to_take_from(actor: Actor) -> list[ShelfToTake]:
    """Answer the depots a technician may take parts from, with the parts he may name."""
    everything = parts_known()
    points = pickup_points_of(actor)
    return [ShelfToTake(depot, everything if depot.endless else [row.part for row in depot.stock.all()]) for depot in points]


def part_names(actor: Actor, codes: Iterable[str]) -> dict[str, dict[str, str]]:
    """Answer what parts are called, by code."""
    require(actor, "field.see")
    return names_of_parts(codes)


def catalogue(actor: Actor) -> "list[Part]":
    """Answer the catalogue of parts, by code."""
    require(actor, "field.see")
    return parts_known()


def doers_of(actor: Actor, lines: "Iterable[StockMovement]") -> dict[str, str]:
    """Answer the names of the people who booked these lines."""
    require(actor, "field.see")
    return names_of(line.booking.by for line in lines)


@dataclass(frozen=True)
class VisitPart:
    """A part of a visit: how many it asks for, and how many were used there already."""

    part_id: str
    names: dict[str, str]
    wanted: int
    used: int

    @property
    def left(self) -> int:
        """How many are still to be used, as far as anybody knows."""
        return max(0, self.wanted - self.used)


@dataclass(frozen=True)
class VisitParts:
    """The parts of a visit, and whatever else there is in the catalogue: code and how it is called."""

    rows: list[VisitPart]
    others: "list[Part]"
    op: UUID = field(default_factory=uuid4)


def visit_parts(actor: Actor, visit_id: int, *, now: datetime) -> VisitParts:
    """Answer what a visit the actor may see asks for, and what was used at it."""
    visit, used = visit_for(actor, visit_id, now=now), used_for([visit_id]).get(visit_id, {})
    wanted = kit_of(visit.kit)
    names = names_of_parts([*wanted, *used])
    rows = [VisitPart(code, names[code], wanted.get(code, 0), used.get(code, 0)) for code in dict.fromkeys([*wanted, *sorted(used)])]
    return VisitParts(rows, [one for one in parts_known() if one.code not in names])
