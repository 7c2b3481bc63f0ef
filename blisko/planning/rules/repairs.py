"""What could be done about a visit whose promise is at risk, the least painful first."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from blisko.kit.earth import metres_between
from blisko.planning.rules.ways import Point
from blisko.planning.rules.whatif import Board, Consequences, consequences_of, moved, swapped
from blisko.planning.rules.world import World, seat_of, technician_of, visit_key

OFFERED = 3
NEAREST = 8  # technicians who are asked
LAST = 10**9  # later than everything: at the end of the order


class RepairKind(StrEnum):
    """To another technician; with another visit's; at another time of the same technician's day."""

    MOVE = "move"
    SWAP = "swap"
    REORDER = "reorder"


@dataclass(frozen=True)
class Repair:
    """One way out and what it brings. `before`: the visit it would stand before, None: last. `other`: the visit it changes places with."""

    kind: RepairKind
    visit_id: int
    technician_id: int
    before: int | None
    other: int | None
    brings: Consequences


def nearest_technicians(world: World, visit_id: int) -> list[int]:
    """Answer who could be asked: those who pass nearest to a visit today and have the skills, the nearest first."""
    job = next(job for job in world.jobs if job.visit_id == visit_id)
    places: dict[int, list[Point]] = {}
    for worker in world.workers:
        if all(worker.skills.get(skill, 0) >= level for skill, level in job.skills.items()):
            places.setdefault(worker.technician_id, []).extend(place for place in (worker.start, worker.end) if place)
    for other in world.jobs:
        for held in other.seats:
            if held and held.technician_id in places and other.place and other is not job:
                places[held.technician_id].append(other.place)

    def distance(technician_id: int) -> float:
        here = job.place
        return min((metres_between(here, place) for place in places[technician_id] if here), default=0.0)

    return sorted(places, key=lambda one: (distance(one), one))[:NEAREST]


def repairs_of(board: Board, visit_id: int) -> list[Repair]:
    """Answer up to three repairs, least painful first: each keeps the promise at risk or leaves less broken than there is now."""
    found: dict[tuple[RepairKind, int], Repair] = {}
    for one in _tried(board, visit_id):
        brings = one.brings
        if brings.refusal or not brings.changes or brings.points >= 0 or len(brings.windows_broken) > len(brings.windows_kept):
            continue
        best = found.get((one.kind, one.technician_id))
        if best is None or brings.points < best.brings.points:
            found[one.kind, one.technician_id] = one
    return sorted(found.values(), key=lambda one: (len(one.brings.windows_broken), one.brings.points))[:OFFERED]


def _tried(board: Board, visit_id: int) -> Iterator[Repair]:
    key = visit_key(visit_id)
    mine = board.shift_with(key)
    for shift in board.shifts.values():
        order = [stop for stop in board.orders[shift.key] if stop[1] != key]
        kind = RepairKind.REORDER if shift.key == mine else RepairKind.MOVE
        for at in range(len(shift.fixed), len(order) + 1):
            before = order[at][1] if at < len(order) else None
            orders = moved(board, [key], shift, before=before, starts=None if before else LAST)
            brings = consequences_of(board, orders, [key])
            yield Repair(kind, visit_id, technician_of(shift.key), _visit(before), None, brings)
        if mine and shift.key != mine:
            for _, other in board.orders[shift.key][len(shift.fixed) :]:
                brings = consequences_of(board, swapped(board, key, other), [key, other])
                yield Repair(RepairKind.SWAP, visit_id, technician_of(shift.key), None, _visit(other), brings)


def _visit(key: str | None) -> int | None:
    return seat_of(key)[0] if key else None
