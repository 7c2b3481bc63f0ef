"""A visit offered to colleagues: its life, who can take it without breaking anything, and whether a dispatcher has to say yes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from blisko.kit.life import Life
from blisko.planning.errors import BadSwapRules
from blisko.planning.rules.choices import keeps_everybody
from blisko.planning.rules.lines import late_by
from blisko.planning.rules.problem import PlanShift, PlanVisit
from blisko.planning.rules.timing import lacks, names_of
from blisko.planning.rules.whatif import Board, Consequences, consequences_of, placings, without
from blisko.planning.rules.world import moment_of, seat_of, visit_key

Span = tuple[datetime, datetime]
MOST_SICK_DAYS = 14
LONGEST_REST = 24  # hours
MOST_MINUTES = 600


class SwapState(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


S = SwapState
SWAP_LIFE = Life(
    S.OFFERED,
    {
        (S.OFFERED, "accept"): S.ACCEPTED,
        (S.OFFERED, "take"): S.DONE,
        (S.OFFERED, "withdraw"): S.WITHDRAWN,
        (S.OFFERED, "end"): S.ENDED,
        (S.ACCEPTED, "approve"): S.DONE,
        (S.ACCEPTED, "decline"): S.DECLINED,
        (S.ACCEPTED, "withdraw"): S.WITHDRAWN,
        (S.ACCEPTED, "end"): S.ENDED,
    },
)
OPEN = (S.OFFERED, S.ACCEPTED)


class Approval(StrEnum):
    """When a dispatcher has to say yes: never, when it costs more than some minutes or makes another visit begin later, always."""

    NEVER = "never"
    COSTLY = "costly"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Taking:
    """What it would mean if one colleague took a visit.

    `minutes`: he drives more; `total_minutes`: both of them together. `was_done`, `done`: when his last visit ends (None: he has none).
    `later`: other visits that would begin later, all of them still within what was promised. `told`: the customer was told another name.
    `board`: the day it was found on.
    """

    minutes: int
    total_minutes: int
    was_done: datetime | None
    done: datetime
    later: tuple[int, ...]
    told: bool
    brings: Consequences
    board: Board


def rested(day: Span, others: Sequence[Span], rest: timedelta) -> bool:
    """Tell whether somebody who works `day` rests long enough before and after every other shift of his."""
    return all(other[1] + rest <= day[0] or day[1] + rest <= other[0] for other in others)


def taking_of(board: Board, visit_id: int, window: Span, technician_id: int, *, others: Sequence[Span], rest: timedelta) -> Taking | None:
    """Answer the cheapest way in which a colleague can take a visit, None where there is none.

    It keeps every promise, what other customers were told, skills, tools, parts, zones, wishes, breaks and rest; nobody works over for it,
    and who breaks a promise already is not asked.
    `others`: his other shifts.
    """
    found = list(_ways(board, visit_id, window, technician_id, others, rest))
    if not found:
        return None
    shift, brings = min(found, key=lambda one: one[1].points)
    key = visit_key(visit_id)
    rest_of_them = without(board, [key])
    minutes = brings.minutes - consequences_of(_strict(board, key), rest_of_them, [key]).minutes
    route = next(one for one in brings.routes if one.shift == shift.key)
    before = [board.ends[stop] for _, stop in board.orders[shift.key]]
    midnight = board.world.midnight
    return Taking(
        minutes=minutes,
        total_minutes=minutes + consequences_of(board, rest_of_them, [key]).minutes,
        was_done=moment_of(max(before), midnight) if before else None,
        done=moment_of(max(stop.ends for stop in route.stops if stop.kind == "visit"), midnight),
        later=tuple(
            sorted(
                one.visit_id
                for one in brings.changes
                if one.visit_id != visit_id and one.was and one.becomes and one.becomes.starts > one.was.starts
            )
        ),
        told=visit_id in brings.customers_told,
        brings=brings,
        board=board,
    )


def _ways(
    board: Board, visit_id: int, window: Span, technician_id: int, others: Sequence[Span], rest: timedelta
) -> Iterator[tuple[PlanShift, Consequences]]:
    key, strict = visit_key(visit_id), _strict(board, visit_key(visit_id))
    for shift in board.shifts_of(technician_id):
        for orders in placings(board, key, shift):
            brings = consequences_of(strict, orders, [key])
            if keeps_everybody(brings, visit_id, window, 0) and _fits(strict, brings, shift, others, rest):
                yield shift, brings


def _strict(board: Board, moving: str) -> Board:
    """Answer the day with what all others were promised and told, and are planned for, as hard windows: breaks have to lie around them."""
    held = {visit.key: _held_to(visit) for visit in board.problem.visits if visit.key in board.starts and visit.key != moving}
    kept = {key: one for key, one in held.items() if any(starts <= board.starts[key] <= ends for starts, ends in one.windows)}
    problem = replace(board.problem, visits=tuple(kept.get(visit.key, visit) for visit in board.problem.visits))
    return replace(board, problem=problem, names=names_of(problem))


def _held_to(visit: PlanVisit) -> PlanVisit:
    _, earliest, latest = visit.told or ("", visit.windows[0][0], visit.windows[-1][1])
    cut = ((max(starts, earliest), min(ends, latest)) for starts, ends in visit.windows)
    return replace(visit, late=0, windows=tuple(one for one in cut if one[0] <= one[1]))


def _fits(board: Board, brings: Consequences, shift: PlanShift, others: Sequence[Span], rest: timedelta) -> bool:
    """Tell whether the taker's own day holds: nothing is lacking in it, every break is taken, he is back in time and rests enough."""
    route = next(one for one in brings.routes if one.shift == shift.key)
    order = [(stop.kind, stop.key) for stop in route.stops if stop.kind != "break"]
    midnight = board.world.midnight
    begins = [(board.jobs[seat_of(stop.key)[0]], moment_of(stop.starts, midnight)) for stop in route.stops if stop.kind == "visit"]
    return (
        not lacks(board.problem, shift, order, board.names)
        and not any(late_by(job, starts) for job, starts in begins)
        and len(route.stops) - len(order) >= len(shift.breaks)
        and route.back <= shift.ends
        and rested((moment_of(shift.begins, midnight), moment_of(shift.ends, midnight)), others, rest)
    )


def needs_approval(approval: Approval, most_minutes: int, taking: Taking) -> bool:
    """Tell whether a dispatcher has to say yes to this."""
    if approval == Approval.COSTLY:
        return taking.total_minutes > most_minutes or bool(taking.later)
    return approval == Approval.ALWAYS


def check_swap_rules(minutes: int, rest_hours: int) -> None:
    """Refuse `BadSwapRules` for a rest longer than a day, or more minutes than anybody drives."""
    if not (0 <= minutes <= MOST_MINUTES and 0 <= rest_hours <= LONGEST_REST):
        raise BadSwapRules
