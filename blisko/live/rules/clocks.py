"""Whether a telephone's clock can be believed, told from what it says and when that comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from blisko.live.rules.fixes import FUTURE_TOLERANCE
from blisko.live.rules.records import Reason

PROMPT = timedelta(minutes=2)
REORDERED = timedelta(minutes=1)
STEADY = timedelta(seconds=2)
WATCHED = timedelta(minutes=3)
ALIKE = 3
LIVELY = 0.2


class Told(NamedTuple):
    """One report: when it was measured by the telephone's clock, and when it came by ours."""

    measured: datetime
    came: datetime

    @property
    def late(self) -> timedelta:
        return self.came - self.measured


class Doubt(NamedTuple):
    """Why a report is not believed; `since`: nor is what came after that moment and was `late` by so much or more."""

    reason: Reason
    since: datetime | None = None
    late: timedelta = timedelta()


class Clock(NamedTuple):
    """What is known of one telephone's clock.

    `last`: its last report; `believed`: the last one that was; `steady`: since which one all were equally late, and `alike`: how many of
    them; `right`: when the clock last was, or just before it was first heard of; `silent`: the longest time since
    then in which nothing came, and when it began; `behind`: how far it is behind, when it is.
    """

    last: Told
    believed: Told | None
    steady: Told
    right: datetime
    silent: tuple[timedelta, datetime]
    alike: int = 0
    behind: timedelta | None = None

    def heard(self, told: Told) -> Clock:
        """Answer what is known with a report more, as far as that says how late it is."""
        if abs(told.late - self.steady.late) > STEADY:
            return self._replace(last=told, steady=told, alike=1)
        return self._replace(last=told, alike=self.alike + 1)

    def is_lively(self, told: Told) -> bool:
        """Tell whether a report came about as long after the one before as it was measured after it: not out of a backlog."""
        return abs(told.late - self.last.late) <= LIVELY * (told.measured - self.last.measured)

    def is_steady(self, told: Told) -> bool:
        """Tell whether reports have been equally late for so long that there is no backlog behind them."""
        return self.alike >= ALIKE and told.came - self.steady.came >= WATCHED


class Heard(NamedTuple):
    """One telephone's last request: when the first report in it was measured, and what was known of the clock before it and with it."""

    first: datetime
    before: Clock | None
    after: Clock | None


def judge_all(heard: Heard | None, told: Sequence[Told]) -> tuple[Heard | None, list[Doubt | None]]:
    """Judge the reports of one request, each as `judge` does; a request that comes again is judged as if it had not come before.

    Apps send a request again whose answer they did not get: its first report is older than its last one, and no clock was put back.
    """
    if not told:
        return heard, []
    before = None if heard is None else heard.before if heard.first == told[0].measured else heard.after
    clock, doubts = before, list[Doubt | None]()
    for one in told:
        clock, doubt = judge(clock, one)
        doubts.append(doubt)
    return Heard(told[0].measured, before, clock), doubts


def judge(clock: Clock | None, told: Told) -> tuple[Clock, Doubt | None]:
    """Answer what is known of a clock with one report more, and why that one is not believed.

    Telephones send one report after the other, in the order in which they measured. So a report that came at once found an empty queue, and
    whatever comes later was measured later, or else the clock was put back. A backlog comes as fast as the network carries it: each report
    is less late than the one before; whoever is equally late three times and for three minutes has a wrong clock and no backlog. From then
    on nothing as late is believed, until something comes at once. A minute's disorder is let pass.
    """
    before = clock or Clock(told, None, told, told.came - STEADY, (timedelta(), told.came))
    clock = before.heard(told)
    if told.late < -FUTURE_TOLERANCE:
        # What waited so long for a network that its future had come looked right.
        silent, since = clock.silent
        waited = silent >= -told.late - FUTURE_TOLERANCE
        return clock, Doubt(Reason.FUTURE, since, told.late) if waited and clock.is_steady(told) else None
    clock = clock._replace(silent=max(clock.silent, (told.came - before.last.came, before.last.came)))
    if _went_back(clock.believed, told):
        return (clock if told.late <= PROMPT else _behind(clock, told)), Doubt(Reason.CLOCK_BACK)
    if told.late <= PROMPT:
        if before.is_lively(told):
            clock = clock._replace(right=told.came, silent=(timedelta(), told.came))
        return clock._replace(believed=told, behind=None), None
    if clock.is_steady(told):
        clock = _behind(clock, told)
    if clock.behind is not None and told.late >= clock.behind - STEADY:
        return clock, Doubt(Reason.CLOCK_SLOW, clock.right, clock.behind - STEADY)
    return clock._replace(believed=told), None


def _behind(clock: Clock, told: Told) -> Clock:
    return clock._replace(behind=told.late if clock.behind is None else min(clock.behind, told.late))


def _went_back(believed: Told | None, told: Told) -> bool:
    return believed is not None and believed.late <= PROMPT and told.measured < believed.measured - REORDERED
