"""Whole days of telephones as their apps write them, byte for byte, at the real door: the track is what happened (O3, F2, F13)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from pytest_django.fixtures import Settings

from blisko.live import models
from blisko.live.rules.fixes import is_fresh
from blisko.live.rules.records import Reason
from tests.days.apps import IGNORED, KEPT, App
from tests.days.house import House
from tests.days.phone import Kind, Measured
from tests.days.play import APPS, Attempt, Fault, as_expected, play, recorded
from tests.days.truth import AREA_EAST_KM, HOME, MIDNIGHT, Day, Place, Truth, metres_off, moment, place_of, within
from tests.days.wire import Door

WRONG_CLOCK = "wrong clock"
AT_HOME = Place(*HOME, 0.0, 0.0)
MOST = 3000
ANEW = "other requests than were recorded; if they are meant, `python -m tests.days.play` records them anew"
DRIVEN_WHILE_FRESH = 120 * 16.0  # metres: nobody drives faster than 16 m/s, and what is called "now" is two minutes old at most
LIGHTS_AND_A_HUNDRED_METRES = 50  # seconds
FARTHEST = 3.0  # accuracies: one place in 30,000 lies farther off than that


@dataclass
class Ledger:
    """What should have become of everything that reached the door, told by the test alone."""

    app: App
    day: Day
    kept: dict[tuple[datetime, float, float], Measured] = field(default_factory=dict)
    wrong: set[float] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)

    def enter(self, attempt: Attempt) -> None:
        """Enter one request that was read to its end."""
        record = attempt.message.record
        fate = self._fate(record, attempt.at)
        if fate == KEPT:
            self.kept[moment(record.told), record.lat, record.lon] = record
        elif fate == WRONG_CLOCK:
            self.wrong.add(record.at)
        if fate not in (KEPT, IGNORED):
            self.counts[str(fate)] += 1

    def _fate(self, record: Measured, at: float) -> Reason | str:
        odd = self.app.odds.get(record.odd)
        if odd is not None and odd.fate != KEPT:
            return odd.fate
        if record.kind == Kind.HEARTBEAT:
            return IGNORED if self._works(at) else Reason.OFF_SHIFT
        if record.told > at + 120:
            return WRONG_CLOCK
        if not self._works(record.told):
            return Reason.OFF_SHIFT
        if metres_off(record.lat, record.lon, AT_HOME) <= 200:
            return Reason.NEAR_HOME
        if record.kind != Kind.MOCK and record.lon > place_of(AREA_EAST_KM * 1000, 0)[1]:
            return Reason.OUT_OF_AREA
        return KEPT if record.told == record.at else WRONG_CLOCK

    def _works(self, at: float) -> bool:
        return within(at, self.day.shift) and not within(at, self.day.on_break) and not within(at, self.day.private)


@dataclass
class Lived:
    """A day that was lived: the house at its end, what should be there, and every request."""

    house: House
    ledger: Ledger
    attempts: list[Attempt]

    @property
    def fixes(self) -> list[models.Fix]:
        return list(models.Fix.objects.filter(device_id=self.house.device).order_by("fix_time"))

    def counts(self) -> dict[str, int]:
        return dict(models.UnusableCount.objects.filter(device_id=self.house.device).values_list("reason", "count"))


@pytest.fixture
def door(transactional_db: None, settings: Settings) -> Iterator[Door]:
    """`live`, not yet open; the clock that the day sets is put back afterwards."""
    settings.BLISKO_CLOCK = settings.BLISKO_CLOCK
    door = Door()
    yield door
    door.close()


def live_through(name: str, door: Door) -> Lived:
    """Live one day with one app."""
    house = House(Truth(), Day(), door, name.partition("-")[0])
    ledger, attempts = Ledger(APPS[name](), Day()), list[Attempt]()
    door.open()

    def send(attempt: Attempt) -> bool:
        house.until(attempt.at)
        taken = house.wire.carry(attempt)
        if attempt.fault in (Fault.NONE, Fault.LOST):
            ledger.enter(attempt)
        return taken

    for attempt in play(name, send):
        attempts.append(attempt)
        assert len(attempts) < MOST, "a record blocks the queue"
    return Lived(house, ledger, attempts)


def is_recorded(name: str, attempts: Iterable[Attempt]) -> bool:
    """Whether these are the bytes that were recorded; nobody wants to read how a megabyte differs."""
    return b"".join(one.line() for one in attempts) == recorded(name)


def seconds(at: datetime) -> float:
    return (at - MIDNIGHT).total_seconds()


@pytest.mark.parametrize("name", APPS)
def test_whole_day_of_a_telephone_is_what_really_happened(name: str, door: Door) -> None:
    lived = live_through(name, door)
    assert is_recorded(name, lived.attempts), ANEW
    assert {status for status, _ in lived.house.wire.answers} == {200}
    assert not APPS[name].answer or {body for _, body in lived.house.wire.answers} == {APPS[name].answer}
    assert_every_record_is_accounted_for(lived)
    assert_track_is_true(lived)
    assert_nothing_forbidden_is_kept(lived)
    assert_no_gap_but_the_telephones_own(lived)
    assert_customer_was_told_the_truth(lived)


def assert_every_record_is_accounted_for(lived: Lived) -> None:
    kept = {(fix.fix_time, fix.lat, fix.lon) for fix in lived.fixes}
    assert kept == set(lived.ledger.kept)
    counts, expected = Counter(lived.counts()), lived.ledger.counts
    clocks = [counts.pop(reason) for reason in (Reason.CLOCK_BACK, Reason.CLOCK_SLOW, Reason.FUTURE)]
    assert min(clocks) > 0
    # What was kept first and is taken back counts once, even where it came twice because its answer got lost.
    assert len(lived.ledger.wrong) <= sum(clocks) <= expected.pop(WRONG_CLOCK)
    assert counts == expected


def assert_track_is_true(lived: Lived) -> None:
    fixes, truth = lived.fixes, lived.house.truth
    assert len({fix.fix_time for fix in fixes}) == len(fixes)
    off = []
    for fix in fixes:
        record = lived.ledger.kept[fix.fix_time, fix.lat, fix.lon]
        assert fix.accuracy in (None, round(record.accuracy))
        if not fix.mock:
            off.append(metres_off(fix.lat, fix.lon, truth.at(seconds(fix.fix_time))) / record.accuracy)
    assert max(off) <= FARTHEST
    assert 0.6 < sum(one <= 1 for one in off) / len(off) < 0.76


def assert_nothing_forbidden_is_kept(lived: Lived) -> None:
    day = lived.house.day
    for fix in lived.fixes:
        at = seconds(fix.fix_time)
        assert within(at, day.shift) and not within(at, day.on_break) and not within(at, day.private)
        assert day.off_by(at) == 0
        assert metres_off(fix.lat, fix.lon, AT_HOME) > 200


def assert_no_gap_but_the_telephones_own(lived: Lived) -> None:
    """On a drive nothing is missing for longer than the app leaves between two measurements, except what it could not or must not tell."""
    day, truth, pace = lived.house.day, lived.house.truth, lived.ledger.app.pace
    longest = min(pace.moving, LIGHTS_AND_A_HUNDRED_METRES) + 1
    known, since, gaps = {int(seconds(fix.fix_time)) for fix in lived.fixes}, 0, list[int]()
    for second in range(int(day.shift[0]), int(day.shift[1])):
        place = truth.at(second)
        told = (
            truth.drives(second) and day.measures(second) and day.off_by(second) == 0 and not within(second, day.on_break)
            and not within(second, day.lost) and place.lon < place_of(AREA_EAST_KM * 1000 - 100, 0)[1]
            and metres_off(place.lat, place.lon, AT_HOME) > 300
        )  # fmt: skip
        if not told or second in known:
            since = second
        elif second - since > longest:
            gaps.append(second)
    assert not gaps


def assert_customer_was_told_the_truth(lived: Lived) -> None:
    house, truth = lived.house, lived.house.truth
    for look in house.looks:
        assert not look.fix.mock
        measured, accuracy = seconds(look.fix.fix_time), look.fix.accuracy or 20
        assert measured <= look.at
        assert metres_off(look.fix.lat, look.fix.lon, truth.at(measured)) <= FARTHEST * accuracy
        assert look.at - measured <= 15 * 60
        if is_fresh(look.fix.fix_time, moment(look.at)):
            assert metres_off(look.fix.lat, look.fix.lon, truth.at(look.at)) <= FARTHEST * accuracy + DRIVEN_WHILE_FRESH
    for said in house.told:
        at = datetime.fromisoformat(said["at"])
        assert said["fresh"] == (said["age_s"] <= 120)
        kept = [fix for fix in lived.ledger.kept.values() if moment(fix.told) == at]
        assert len(kept) == 1 and kept[0].kind != Kind.MOCK
        assert metres_off(said["lat"], said["lon"], truth.at(seconds(at))) <= FARTHEST * kept[0].accuracy + 1
        if said["fresh"]:
            now = truth.at(seconds(at) + said["age_s"])
            assert metres_off(said["lat"], said["lon"], now) <= FARTHEST * kept[0].accuracy + DRIVEN_WHILE_FRESH
    assert house.looks and house.told


def test_recorded_bytes_are_what_the_apps_say_still() -> None:
    for name in APPS:
        assert is_recorded(name, play(name, as_expected)), ANEW
