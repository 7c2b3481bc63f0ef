"""Patterns, not people: what repeats or runs over more often than the rest, and what to change (F17)."""

from datetime import UTC, datetime, timedelta

import pytest

from blisko.access.errors import Forbidden
from blisko.access.rules import SYSTEM
from blisko.accounts.tests.make import an_actor
from blisko.field.tests.make import a_technician
from blisko.planning.queries import patterns_between
from blisko.planning.rules.patterns import Advice, PatternKind, VisitSeen, patterns, wilson
from blisko.planning.services import assign_visit
from blisko.visits.services import arrive, finish, need_another, set_out
from blisko.visits.tests.make import a_job_type, a_visit

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
REPEAT, OVERRUN = PatternKind.REPEAT, PatternKind.OVERRUN


def seen(
    job_type: str, count: int, *, minutes: float = 40, repeated: bool = False, kit: tuple[str, ...] = (), reason: str = ""
) -> list[VisitSeen]:
    return [VisitSeen(job_type, kit, 40, minutes, repeated, reason)] * count


@pytest.mark.parametrize(("count", "visits", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)])
def test_interval_is_wilsons(count: int, visits: int, low: float, high: float) -> None:
    assert wilson(count, visits) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_job_type_that_repeats_stands_out_with_its_commonest_reason() -> None:
    visits = [*seen("tv", 200), *seen("tv", 4, repeated=True), *seen("fibre", 60), *seen("fibre", 15, repeated=True, reason="no_signal")]
    visits += seen("fibre", 5, repeated=True, reason="needs_another")
    first = patterns(visits)[0]
    assert (first.kind, first.job_type, first.visits, first.count, first.share) == (REPEAT, "fibre", 80, 20, 0.25)
    assert first.low < 0.25 < first.high and first.others == pytest.approx(4 / 204) and first.stands_out
    assert (first.advice, first.reason, first.reason_share) == (Advice.LOOK_AT_REASON, "no_signal", 0.75)
    calm = next(one for one in patterns(visits) if one.job_type == "tv")
    assert not calm.stands_out and calm.reason == ""


def test_job_type_that_runs_over_says_how_many_minutes_to_add() -> None:
    visits = [*seen("router", 100, minutes=38), *seen("fault", 30, minutes=45), *seen("fault", 20, minutes=57)]
    (found,) = patterns(visits)
    assert (found.kind, found.job_type, found.count, found.stands_out) == (OVERRUN, "fault", 20, True)
    assert (found.advice, found.minutes) == (Advice.ADD_MINUTES, 20)  # three in four fit into 57 minutes, in fives


def test_part_is_a_pattern_across_job_types() -> None:
    visits = [*seen("tv", 100), *seen("tv", 20, kit=("ONT",)), *seen("fibre", 20, kit=("ONT", "cord"), repeated=True)]
    found = next(one for one in patterns(visits) if one.part == "ONT")
    assert (found.kind, found.visits, found.count, found.advice) == (REPEAT, 40, 20, Advice.CHECK_PART)
    assert found.stands_out and found.reason == ""


def test_few_visits_say_nothing_and_a_lone_job_type_has_none_to_stand_out_from() -> None:
    assert patterns(seen("tv", 9, repeated=True)) == []
    (alone,) = patterns(seen("tv", 10, repeated=True))
    assert not alone.stands_out and alone.others == 1.0
    assert patterns([]) == []


@pytest.mark.django_db
def test_visits_of_the_past_weeks_are_read_with_what_came_after_them() -> None:
    job_type = a_job_type()
    job_type.kit = [{"part": "ONT", "count": 1}]
    job_type.save()
    technician = a_technician(NOW)
    for n in range(12):
        at = NOW - timedelta(days=30) + timedelta(days=n)
        visit = a_visit(at)
        assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=at, starts_at=visit.window_from)
        set_out(visit.pk, actor=SYSTEM, now=visit.window_from - timedelta(minutes=10))
        arrive(visit.pk, actor=SYSTEM, now=visit.window_from)
        if n < 3:
            need_another(visit.pk, actor=SYSTEM, now=visit.window_from + timedelta(minutes=90), note="The duct is full.")
        else:
            finish(visit.pk, actor=SYSTEM, now=visit.window_from + timedelta(minutes=60))
    found = patterns_between(an_actor("manager"), NOW - timedelta(days=40), NOW)
    assert {(one.kind, one.job_type, one.part, one.visits, one.count) for one in found} == {
        (REPEAT, "fibre-repair", "", 12, 3), (OVERRUN, "fibre-repair", "", 12, 3), (REPEAT, "", "ONT", 12, 3), (OVERRUN, "", "ONT", 12, 3),
    }  # fmt: skip
    assert {one.reason for one in found if one.kind == REPEAT} == {"needs_another"}
    with pytest.raises(Forbidden):
        patterns_between(an_actor("dispatcher"), NOW - timedelta(days=40), NOW)
