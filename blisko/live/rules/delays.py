"""When a customer is told that the technician comes at another time than he expects: early, once per real change, never in haste."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from blisko.live.rules.eta import NARROWEST, ceil_five, floor_five
from blisko.visits.rules import VisitState

# Of the futures a tenth lies before the early end of a range, half before its middle, nine tenths before its late end.
EARLY, HALF, LATE = 0.1, 0.5, 0.9
Span = tuple[datetime, datetime]
OPEN = frozenset({VisitState.BOOKED, VisitState.ON_THE_WAY})


class Answer(StrEnum):
    """What a customer makes of a delay."""

    WAIT = "wait"
    MOVE = "move"
    CANCEL = "cancel"


@dataclass(frozen=True)
class DelayTerms:
    """How a house warns. `chance`: that what he expects is wrong, from which on he is told; `late_by`: by at least so much.

    `moved_by`: or what he was told moves by more than this. `gap`: between two words about the time. `most`: notices of a visit.
    `ahead`: not longer before the window ends, for what is far off may still mend. `too_late`: nothing when he is there by then.
    """

    chance: float = 0.9
    late_by: timedelta = timedelta(minutes=5)
    moved_by: timedelta = timedelta(minutes=20)
    gap: timedelta = timedelta(minutes=15)
    most: int = 3
    ahead: timedelta = timedelta(hours=5)
    too_late: timedelta = timedelta(minutes=10)


USUAL = DelayTerms()


@dataclass(frozen=True)
class Expected:
    """When the visit begins, as known now: an honest range (eight times in ten) and its middle."""

    low: datetime
    middle: datetime
    high: datetime

    def chance_after(self, moment: datetime) -> float:
        """Answer how likely it begins after a moment: straight lines between what the range says, and as far again beyond its ends."""
        step = timedelta(minutes=1)
        tail = max(self.middle - self.low, step), max(self.high - self.middle, step)
        knots = [
            (self.low - tail[0], 1.0),
            (self.low, 1 - EARLY),
            (self.middle, 1 - HALF),
            (self.high, 1 - LATE),
            (self.high + tail[1], 0.0),
        ]
        if moment <= knots[0][0]:
            return 1.0
        for (a, more), (b, less) in zip(knots, knots[1:], strict=False):
            if moment <= b:
                return more + (less - more) * ((moment - a) / (b - a) if b > a else 1.0)
        return 0.0


@dataclass(frozen=True)
class Promised:
    """What the customer counts on: `window` as booked, `told` by the last word about the time (None: none yet), `told_at` when.

    `notices`: how many he has had about a delay; `state`: how far the visit is.
    """

    window: Span
    state: VisitState
    told: Span | None = None
    told_at: datetime | None = None
    notices: int = 0

    @property
    def counted_on(self) -> Span:
        """The span he expects somebody in."""
        return self.told or self.window


def notice_of(promised: Promised, expected: Expected, now: datetime, zone: tzinfo, terms: DelayTerms = USUAL) -> Span | None:
    """Answer the span to tell the customer now, or None: he need not be told, or not yet.

    He is told when what he counts on will probably not hold, by enough to matter; of a visit of today that is near, when the last word
    is old enough not to be contradicted in haste; and never once somebody is there, or as good as there.
    """
    if promised.state not in OPEN or promised.notices >= terms.most or not _is_near(promised, now, zone, terms):
        return None
    if promised.told_at is not None and now - promised.told_at < terms.gap:
        return None
    if promised.state == VisitState.ON_THE_WAY and expected.high - now <= terms.too_late:
        return None
    if not (_breaks(promised, expected, terms) or _moves(promised, expected, terms)):
        return None
    span = told_span(expected, now)
    return None if span == promised.counted_on else span


def _is_near(promised: Promised, now: datetime, zone: tzinfo, terms: DelayTerms) -> bool:
    """Tell whether the visit is one of today, and its window ends soon enough for a forecast to mean something."""
    today = now.astimezone(zone).date()
    return promised.window[0].astimezone(zone).date() <= today and promised.window[1] - now <= terms.ahead


def _breaks(promised: Promised, expected: Expected, terms: DelayTerms) -> bool:
    """Tell whether nobody will come within the span counted on, as it stands before any notice: a promise."""
    if promised.notices:
        return False  # a broken promise is told once; from then on it is a matter of how far the time moves
    end = promised.window[1] if promised.told is None else max(promised.window[1], promised.told[1])
    return expected.chance_after(end + terms.late_by) >= terms.chance


def _moves(promised: Promised, expected: Expected, terms: DelayTerms) -> bool:
    """Tell whether the time has moved by more than a set amount from what he was told: later, or earlier than he counts on."""
    if promised.told is None or promised.told == promised.window:
        return False
    start, end = promised.told
    later = expected.middle - end >= terms.moved_by and expected.chance_after(end) >= terms.chance
    sooner = start - expected.middle >= terms.moved_by and 1 - expected.chance_after(start) >= terms.chance
    return later or sooner


def told_span(expected: Expected, now: datetime) -> Span:
    """Answer a range as it is said: on whole five minutes, outwards, never in the past, and five minutes wide at least."""
    low = floor_five(max(expected.low, now))
    return low, max(ceil_five(expected.high), ceil_five(now) + NARROWEST, low + NARROWEST)


def agreeing(span: Span, promised: Promised, now: datetime, terms: DelayTerms = USUAL) -> Span:
    """Answer a span that has to be told now stretched to touch the one told minutes ago: wider is honest, a contradiction is not."""
    told, at = promised.told, promised.told_at
    if told is None or at is None or told == promised.window or now - at >= terms.gap or not contradict(span, told):
        return span
    return min(span[0], told[1]), max(span[1], told[0])


def contradict(one: Span, other: Span) -> bool:
    """Tell whether two spans cannot both be right."""
    return one[1] < other[0] or other[1] < one[0]
