"""A visit or a shift offered to colleagues: its life, who can take it without breaking anything, and whether a dispatcher says yes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from blisko.kit.life import Life
from blisko.planning.errors import BadSwapRules
from blisko.planning.rules.fitting import fitting_order
from blisko.planning.rules.lines import Change
from blisko.planning.rules.problem import PlannedStop, PlanShift, PlanVisit
from blisko.planning.rules.timing import lacks, names_of
from blisko.planning.rules.whatif import Board, Consequences, consequences_of, without
from blisko.planning.rules.world import moment_of, seat_of, seconds_of, visit_key

Span = tuple[datetime, datetime]
MOST_SICK_DAYS = 14
LONGEST_REST = 24  # hours
MOST_MINUTES = 600
MOST_VISITS = 10  # handed over with one shift


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
    """When a dispatcher has to say yes: never, always, or when it costs more than some minutes, another visit's beginning or a shift."""

    NEVER = "never"
    COSTLY = "costly"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Taking:
    """What it would mean if one colleague took a visit, or a shift with all that lies in it.

    `minutes`: he drives more; `total_minutes`: both of them together. `was_done`, `done`: when his last visit ends (None: he has none).
    `later`: other visits that would begin later, all of them still within what was promised. `told`: how many customers were told another
    name. `merged`: the visits of a shift go into his own one, and its hours are nobody's then. `board`: the day it was found on.
    """

    minutes: int
    total_minutes: int
    was_done: datetime | None
    done: datetime
    later: tuple[int, ...]
    told: int
    brings: Consequences
    board: Board
    merged: bool = False


@dataclass(frozen=True)
class _Hands:
    """What is to be handed over: `promised`, by seat, its window; `led`: the visit of two that whoever stays leads from then on."""

    board: Board
    promised: Mapping[str, Span]
    led: tuple[str, ...] = ()

    @property
    def moving(self) -> list[str]:
        return [*self.promised, *self.led]

    @cached_property
    def strict(self) -> Board:
        """The board with all that holds beside what is handed over as hard windows."""
        return _strict(self)


def rested(day: Span, others: Sequence[Span], rest: timedelta) -> bool:
    """Tell whether somebody who works `day` rests long enough before and after every other shift of his."""
    return all(other[1] + rest <= day[0] or day[1] + rest <= other[0] for other in others)


def taking_of(
    board: Board, promised: Mapping[str, Span], technician_id: int, *, others: Sequence[Span], rest: timedelta, merged: bool = False
) -> Taking | None:
    """Answer the way with the least driving in which a colleague can take visits, all of them; None where there is none.

    It keeps every promise, what other customers were told, skills, tools, parts, zones, wishes, breaks and rest; nobody works over for it,
    and who breaks a promise already is not asked. Whoever works or waits for somebody begins exactly when it was planned.
    `promised`: by seat, its window; without any it is the shift alone that is taken. `others`: his other shifts.
    """
    shifts = [one for one in board.shifts_of(technician_id) if rested(_hours(board, one), others, rest)]
    if not promised:
        nothing = consequences_of(board, board.orders, [])
        return Taking(0, 0, None, _hours(board, shifts[0])[1], (), 0, nothing, board) if shifts else None
    found = [(one, shift, way) for one in _hands(board, promised) for shift in shifts if (way := _way(one, shift))]
    if not found:
        return None
    hands, shift, brings = min(found, key=lambda one: one[2].points)
    left, keys = without(board, promised), list(promised)
    minutes = brings.minutes - consequences_of(hands.strict, without(hands.board, hands.promised), hands.moving).minutes
    before = [board.ends[stop] for _, stop in board.orders[shift.key]]
    ids = {seat_of(key)[0] for key in keys}
    return Taking(
        minutes=minutes,
        total_minutes=minutes + consequences_of(board, left, keys).minutes,
        was_done=moment_of(max(before), board.world.midnight) if before else None,
        done=moment_of(max(stop.ends for stop in _visits_of(brings, shift)), board.world.midnight),
        later=tuple(sorted({one.visit_id for one in brings.changes if one.visit_id not in ids and _is_later(one)})),
        told=len(ids & set(brings.customers_told)),
        brings=brings,
        board=board,
        merged=merged,
    )


def _hours(board: Board, shift: PlanShift) -> Span:
    return moment_of(shift.begins, board.world.midnight), moment_of(shift.ends, board.world.midnight)


def _is_later(change: Change) -> bool:
    return change.was is not None and change.becomes is not None and change.becomes.starts > change.was.starts


def _visits_of(brings: Consequences, shift: PlanShift) -> list[PlannedStop]:
    return [stop for route in brings.routes if route.shift == shift.key for stop in route.stops if stop.kind == "visit"]


def _hands(board: Board, promised: Mapping[str, Span]) -> Iterator[_Hands]:
    """Answer how visits can be handed over: as they are; and the one of two that somebody leads also so that the other one leads it."""
    yield _Hands(board, promised)
    lead = next(iter(promised))
    second = visit_key(seat_of(lead)[0], 2)
    if list(promised) == [lead] and lead != second and second in board.starts:
        trade = {("visit", lead): ("visit", second), ("visit", second): ("visit", lead)}
        orders = {shift: tuple(trade.get(stop, stop) for stop in order) for shift, order in board.orders.items()}
        yield _Hands(replace(board, orders=orders), {second: promised[lead]}, (lead,))


def _way(hands: _Hands, shift: PlanShift) -> Consequences | None:
    """Answer what it brings if everything goes into one shift, with the least driving there; None where something does not hold."""
    board, strict = hands.board, hands.strict
    own = [key for _, key in board.orders[shift.key]]
    windows = {key: _window(board, span) for key, span in hands.promised.items()}
    hard = replace(strict.problem, visits=tuple(_within(visit, windows.get(visit.key)) for visit in strict.problem.visits))
    order = fitting_order(hard, names_of(hard), shift, own, list(windows), {key: board.starts[key] for key in own})
    if order is None:
        return None
    floors = {key: begins for key, (begins, _) in windows.items()}
    orders = {**without(board, windows), shift.key: order}
    brings = consequences_of(strict, orders, hands.moving, floors=floors)
    leads = [day for day, stops in orders.items() if any(key in hands.led for _, key in stops)]
    ready = not any(lacks(strict.problem, strict.shifts[day], orders[day], strict.names) for day in leads)
    in_time = all(stop.starts <= windows[stop.key][1] for stop in _visits_of(brings, shift) if stop.key in windows)
    return brings if ready and in_time and brings.refusal is None else None


def _window(board: Board, span: Span) -> tuple[int, int]:
    return seconds_of(span[0], board.world.midnight), seconds_of(span[1], board.world.midnight)


def _within(visit: PlanVisit, window: tuple[int, int] | None) -> PlanVisit:
    """Answer a visit as it was promised and not otherwise; what is bound to a moment stays so."""
    if window is None:
        return visit
    cut = ((max(begins, window[0]), min(ends, window[1])) for begins, ends in visit.windows)
    return replace(visit, late=0, windows=tuple(one for one in cut if one[0] <= one[1]) or ((-1, -1),))


def _strict(hands: _Hands) -> Board:
    """Answer the day with everything promised, told and agreed with somebody else as hard windows: breaks have to lie around them."""
    board, visits = hands.board, hands.board.problem.visits
    heads = {key for shift in board.problem.shifts for key in shift.fixed}
    bound = {visit.key for visit in visits if visit.crew in board.starts or any(one in board.starts for one in visit.after)}
    bound |= {key for visit in visits if visit.key in board.starts for key in visit.after}

    def held(visit: PlanVisit) -> PlanVisit:
        if visit.key not in board.starts or visit.key in heads:
            return visit
        starts = board.starts[visit.key]
        if visit.key in bound:
            return replace(visit, late=0, windows=((starts, starts),))
        if visit.key in hands.promised:
            return visit
        told = _held_to(visit)
        return told if any(begins <= starts <= ends for begins, ends in told.windows) else visit

    problem = replace(board.problem, visits=tuple(held(visit) for visit in visits))
    return replace(board, problem=problem, names=names_of(problem))


def _held_to(visit: PlanVisit) -> PlanVisit:
    _, earliest, latest = visit.told or ("", visit.windows[0][0], visit.windows[-1][1])
    cut = ((max(starts, earliest), min(ends, latest)) for starts, ends in visit.windows)
    return replace(visit, late=0, windows=tuple(one for one in cut if one[0] <= one[1]))


def needs_approval(approval: Approval, most_minutes: int, taking: Taking) -> bool:
    """Tell whether a dispatcher has to say yes to this."""
    if approval == Approval.COSTLY:
        return taking.total_minutes > most_minutes or bool(taking.later) or taking.merged
    return approval == Approval.ALWAYS


def check_swap_rules(minutes: int, rest_hours: int) -> None:
    """Refuse `BadSwapRules` for a rest longer than a day, or more minutes than anybody drives."""
    if not (0 <= minutes <= MOST_MINUTES and 0 <= rest_hours <= LONGEST_REST):
        raise BadSwapRules
