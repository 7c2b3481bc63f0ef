"""What the link offers first, when it asks once more, and whom one tap rings (O4, O5, O6)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from blisko.access.errors import TooFast
from blisko.access.rules import SYSTEM
from blisko.customers.models import TimelineEntry
from blisko.live.queries.calls import dial
from blisko.live.rules.choices import asks_again, best_of, reasons_at
from blisko.live.rules.stages import Stage
from blisko.live.services.calls import CALLS_AN_HOUR, note_call
from blisko.visits.rules import CancelReason
from blisko.visits.tests.make import a_link_to, a_visit

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
WARSAW = ZoneInfo("Europe/Warsaw")
R = CancelReason


@dataclass(frozen=True)
class Begins:
    starts: datetime


def at(hours: int) -> Begins:
    return Begins(NOW + timedelta(hours=hours))


def test_first_times_are_the_best_of_different_half_days() -> None:
    morning, noon, evening, tomorrow = at(0), at(2), at(9), at(24)  # nine, eleven, six in the evening, nine again
    assert best_of([morning, noon, evening, tomorrow], WARSAW) == [morning, evening, tomorrow]
    assert best_of([morning, noon], WARSAW) == [morning, noon]
    assert best_of([noon, morning, evening], WARSAW) == [noon, evening, morning]
    assert best_of([], WARSAW) == []


@pytest.mark.parametrize(
    ("stage", "reason", "movable", "asked"),
    [
        (Stage.TODAY, R.FIXED_ITSELF, True, False),
        (Stage.TODAY, R.NOT_HOME, True, True),
        (Stage.TODAY, R.NOT_HOME, False, False),
        (Stage.ON_THE_WAY, R.FIXED_ITSELF, True, True),
        (Stage.ON_SITE, R.OTHER, False, True),
        (Stage.BOOKED, R.OTHER, True, False),
    ],
)
def test_one_tap_more_is_asked_only_where_it_helps(stage: Stage, reason: R, movable: bool, asked: bool) -> None:
    assert asks_again(stage, reason, movable=movable) is asked


def test_works_again_comes_first_and_nobody_is_away_who_opened_the_door() -> None:
    assert reasons_at(Stage.TODAY)[0] == R.FIXED_ITSELF
    assert R.NOT_HOME in reasons_at(Stage.ON_THE_WAY)
    assert R.NOT_HOME not in reasons_at(Stage.ON_SITE)
    assert all(R.OPERATOR not in reasons_at(stage) for stage in Stage)


@pytest.mark.django_db
def test_one_tap_rings_the_number_and_stands_on_the_timeline() -> None:
    ring = dial(visit_id=1, number="+48602300400", by_customer=True)
    assert ring is not None
    assert (ring.uri, ring.masked) == ("tel:+48602300400", False)
    assert dial(visit_id=1, number="", by_customer=True) is None
    visit = a_visit(NOW)
    link = a_link_to(visit, NOW)
    note_call(visit.pk, masked=False, actor=link, now=NOW)
    note_call(visit.pk, masked=False, actor=SYSTEM, now=NOW)
    found = TimelineEntry.objects.filter(kind="call_tried").order_by("pk")
    assert [one.facts["by_customer"] for one in found] == [True, False]
    for nr in range(1, CALLS_AN_HOUR):
        note_call(visit.pk, masked=False, actor=link, now=NOW + timedelta(seconds=nr))
    with pytest.raises(TooFast):
        note_call(visit.pk, masked=False, actor=link, now=NOW + timedelta(seconds=60))
