"""Days with noisy traffic, and what the house's own rules tell the customers of them: for the bench and for the test that holds it."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from blisko.live.rules.delays import USUAL, DelayTerms, Expected, Promised, Span, agreeing, contradict, notice_of
from blisko.live.rules.eta import eta_of
from blisko.planning.rules.durations import fit_durations, unknown_durations
from blisko.planning.rules.risk import Outlook, look_ahead
from blisko.planning.rules.traffic import fit_traffic, unknown_traffic
from blisko.planning.rules.ways import ROAD_EARLY, ROAD_LATE
from blisko.planning.tests.truth import Operator, Route, Stop, ahead_of, learned
from blisko.visits.rules import VisitState

WARSAW = ZoneInfo("Europe/Warsaw")
MIDNIGHT = datetime(2026, 11, 24, tzinfo=WARSAW)
MINUTE = timedelta(minutes=1)
FROM, UNTIL, STEP = 8 * 3600, 20 * 3600, 60  # seconds: looked at once a minute
TECHNICIANS, LEARN, FUTURES = 12, 40, 500
WITHIN = timedelta(minutes=10)
JAM = 0.2  # how much the estimate on the way jumps from look to look: a log-spread
DEFAULT = 3  # booked, on the way, done


@dataclass
class Told:
    """One visit: what was told about its time, when and as what, and how it went."""

    stop: Stop
    promised: Promised
    words: list[tuple[datetime, str, Span]] = field(default_factory=list)

    @property
    def notices(self) -> list[tuple[datetime, str, Span]]:
        return [word for word in self.words if word[1] == "delay"]


@dataclass(frozen=True)
class Discipline:
    """How the messages of many visits were: counts, and minutes before the window's end (their median) for those in time."""

    visits: int
    messages: float
    most: int
    broken: int
    told: int
    in_time: int
    minutes_before: float
    false_alarms: int
    warned: int
    contradictions: int
    duplicates: int


def moment(seconds: float) -> datetime:
    """Answer a moment of the day."""
    return MIDNIGHT + timedelta(seconds=round(seconds))


def told_days(days: int, *, terms: DelayTerms = USUAL, seed: int = 4) -> Iterator[Told]:
    """Play days of 12 technicians with 8 visits each, minute by minute, and follow the rules with what the house would know."""
    operator, dice = Operator(seed, TECHNICIANS), random.Random(seed)
    durations, traffic = unknown_durations(), unknown_traffic()
    past = [route for day in range(LEARN) for route in operator.day(day, durations, traffic, TECHNICIANS)]
    jobs, drives = learned(past)
    durations, traffic = fit_durations(jobs), fit_traffic(drives)
    for day in range(LEARN, LEARN + days):
        routes = operator.day(day, durations, traffic, TECHNICIANS)
        told = {stop.key: _booked(stop) for route in routes for stop in route.stops}
        for seconds in range(FROM, UNTIL, STEP):
            if not any(stop.began > seconds for route in routes for stop in route.stops):
                break
            now = float(seconds)
            ahead = look_ahead(
                ahead_of(routes, now, durations, traffic), now=now, work_shape=durations.shape, traffic=traffic, seed=day, count=FUTURES
            )
            _look(routes, {one.key: one for one in ahead.outlooks}, told, now, dice, terms)
        yield from told.values()


def _booked(stop: Stop) -> Told:
    window = (moment(stop.opens), moment(stop.closes))
    return Told(stop, Promised(window, VisitState.BOOKED, window, MIDNIGHT - timedelta(days=1)))


def _look(
    routes: list[Route], outlooks: dict[str, Outlook], told: dict[str, Told], now: float, dice: random.Random, terms: DelayTerms
) -> None:
    """One look at everybody: who has set out is told so; then whoever the rule says."""
    at = moment(now)
    for stop in (stop for route in routes for stop in route.stops):
        one = told[stop.key]
        if stop.arrived <= now:
            one.promised = replace(one.promised, state=VisitState.ON_SITE)
        elif stop.left <= now:
            expected = _drive(stop, now, dice)
            if one.promised.state == VisitState.BOOKED:
                one.promised = replace(one.promised, state=VisitState.ON_THE_WAY)
                _tell(one, "on the way", agreeing((expected.low, expected.high), one.promised, at, terms), at)
            elif span := notice_of(one.promised, expected, at, WARSAW, terms):
                _tell(one, "delay", span, at)
        elif outlook := outlooks.get(stop.key):
            expected = Expected(moment(outlook.early), moment(outlook.middle), moment(outlook.late))
            if span := notice_of(one.promised, expected, at, WARSAW, terms):
                _tell(one, "delay", span, at)


def _drive(stop: Stop, now: float, dice: random.Random) -> Expected:
    """Answer what the page would say: from where he is, with roads that know no jam and a place that jumps."""
    left = 1 - (now - stop.left) / (stop.arrived - stop.left)
    seconds = stop.promised * left * math.exp(dice.gauss(0, JAM))
    eta = eta_of(known_at=moment(now), low_seconds=ROAD_EARLY * seconds, high_seconds=ROAD_LATE * seconds + 60, now=moment(now))
    assert eta is not None
    return Expected(eta.low, eta.low + (eta.high - eta.low) / 2, eta.high)


def _tell(one: Told, what: str, span: Span, at: datetime) -> None:
    one.words.append((at, what, span))
    notices = one.promised.notices + (what == "delay")
    one.promised = replace(one.promised, told=span, told_at=at, notices=notices)


def discipline_of(visits: list[Told], late_by: timedelta = USUAL.late_by) -> Discipline:
    """Answer how disciplined the messages were; a window counts as broken when the delay was worth a message."""
    broken = [one for one in visits if moment(one.stop.began) - one.promised.window[1] >= late_by]
    told = [one for one in broken if one.notices]
    in_time = [one for one in told if one.notices[0][0] < one.promised.window[1]]
    warned = [
        one for one in visits if any(span[0] > one.promised.window[1] or span[1] > one.promised.window[1] for _, _, span in one.notices)
    ]
    pairs = [(a, b) for one in visits for a, b in zip(one.words, one.words[1:], strict=False)]
    return Discipline(
        visits=len(visits),
        messages=DEFAULT + sum(len(one.notices) for one in visits) / len(visits),
        most=DEFAULT + max(len(one.notices) for one in visits),
        broken=len(broken),
        told=len(told),
        in_time=len(in_time),
        minutes_before=median((one.promised.window[1] - one.notices[0][0]) / MINUTE for one in in_time),
        false_alarms=sum(moment(one.stop.began) <= one.promised.window[1] for one in warned),
        warned=len(warned),
        contradictions=sum(b[0] - a[0] <= WITHIN and contradict(a[2], b[2]) for a, b in pairs),
        duplicates=sum(a[1] == b[1] and a[2] == b[2] for a, b in pairs),
    )
