"""Shifts with breaks and overtime, and what an absence leaves of them."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blisko.access.errors import Forbidden
from blisko.access.models import AuditEntry
from blisko.accounts.tests.make import an_actor
from blisko.field import queries, services
from blisko.field.errors import BadAbsence, BadBreak, NoSuchTeam, NoSuchTechnician, ShiftsOverlap
from blisko.field.models import Shift
from blisko.field.rules import DailyBreak, FloatingBreak, check_absence, daily_breaks, fitting_breaks, left_of
from blisko.field.tests.make import a_technician, actor_of

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WARSAW = ZoneInfo("Europe/Warsaw")
LUNCH = DailyBreak(time(11), time(13), 30)
MANAGER, DISPATCHER = an_actor("manager"), an_actor("dispatcher")
hours = st.integers(0, 48).map(lambda count: NOW + count * HOUR)
spans = st.tuples(hours, hours).filter(lambda span: span[0] < span[1])


def a_break(begins: float, latest: float, minutes: int = 30) -> FloatingBreak:
    """Answer a break that begins so many hours after NOW."""
    return FloatingBreak(NOW + begins * HOUR, NOW + latest * HOUR, minutes)


@given(spans, spans)
def test_absence_leaves_just_the_hours_outside_it(shift: tuple[datetime, datetime], absence: tuple[datetime, datetime]) -> None:
    pieces = left_of(shift, absence)
    for step in range(49):
        begins, ends = NOW + step * HOUR, NOW + (step + 1) * HOUR
        inside = shift[0] <= begins and ends <= shift[1]
        away = absence[0] <= begins and ends <= absence[1]
        assert any(a <= begins and ends <= b for a, b in pieces) == (inside and not away)


def test_break_fits_only_wholly_inside_its_shift_and_breaks_stand_in_order() -> None:
    shift = (NOW, NOW + 4 * HOUR)
    late, early = a_break(2, 3.5), a_break(0, 1)
    assert fitting_breaks(*shift, [late, early]) == [early, late]
    for wrong in (a_break(-0.5, 1), a_break(2, 1), a_break(2, 3.75), a_break(1, 2, 0), a_break(1, 1, 241)):
        assert fitting_breaks(*shift, [wrong]) == []


def test_daily_break_comes_on_every_local_day_the_shift_spans_it_also_when_the_clock_is_put_back() -> None:
    # On 25 October 2026 Warsaw goes from UTC+2 to UTC+1.
    starts = datetime(2026, 10, 24, 6, tzinfo=WARSAW)
    found = daily_breaks(starts, datetime(2026, 10, 25, 16, tzinfo=WARSAW), [LUNCH], WARSAW)
    assert [one.earliest.astimezone(UTC).hour for one in found] == [9, 10]
    assert daily_breaks(starts, datetime(2026, 10, 24, 13, 29, tzinfo=WARSAW), [LUNCH], WARSAW) == []
    assert len(daily_breaks(starts, datetime(2026, 10, 24, 13, 30, tzinfo=WARSAW), [LUNCH], WARSAW)) == 1


@pytest.mark.django_db
def test_shift_has_its_own_breaks_else_its_teams_else_everybodys() -> None:
    services.set_break_rules([LUNCH], actor=MANAGER, now=NOW)
    services.set_team("north", name="North", actor=MANAGER, now=NOW, breaks=[DailyBreak(time(12), time(12, 30), 45), LUNCH])
    services.set_team("south", name="South", actor=MANAGER, now=NOW)
    found = []
    for team, own in (("north", None), ("south", None), ("", None), ("north", ()), ("north", (a_break(3, 4),))):
        one = a_technician(NOW, shift=False, team=team)
        services.add_shift(one.pk, starts_at=NOW - HOUR, ends_at=NOW + 8 * HOUR, breaks=own, actor=MANAGER, now=NOW)
        shift = queries.shifts_between(MANAGER, NOW, NOW + HOUR).get(technician=one)
        found.append([pause.minutes for pause in queries.breaks_of([shift])[shift.pk]])
    assert found == [[30, 45], [30], [30], [], [30]]
    services.set_team("north", name="North", actor=MANAGER, now=NOW, breaks=[])
    services.set_break_rules([], actor=MANAGER, now=NOW)
    assert not any(queries.breaks_of(queries.shifts_between(MANAGER, NOW, NOW + HOUR))[shift.pk] for shift in Shift.objects.all()[:3])


@pytest.mark.django_db
def test_break_that_cannot_be_is_refused() -> None:
    one = a_technician(NOW, shift=False)
    with pytest.raises(BadBreak):
        services.add_shift(one.pk, starts_at=NOW, ends_at=NOW + HOUR, breaks=[a_break(0, 1)], actor=MANAGER, now=NOW)
    for wrong in (DailyBreak(time(12), time(11), 30), DailyBreak(time(11), time(12), 0), DailyBreak(time(11), time(12), 241)):
        with pytest.raises(BadBreak):
            services.set_break_rules([wrong], actor=MANAGER, now=NOW)
    with pytest.raises(NoSuchTeam):
        services.set_break_rules([LUNCH], team="nowhere", actor=MANAGER, now=NOW)


@pytest.mark.django_db
def test_shift_given_again_keeps_its_breaks_as_far_as_they_fit_and_its_overtime() -> None:
    one = a_technician(NOW, shift=False)
    own = [a_break(1, 2), a_break(5, 6)]
    services.add_shift(one.pk, starts_at=NOW, ends_at=NOW + 8 * HOUR, breaks=own, overtime_minutes=20, actor=MANAGER, now=NOW)
    shift = services.add_shift(one.pk, starts_at=NOW, ends_at=NOW + 4 * HOUR, actor=MANAGER, now=NOW)
    assert (shift.own_breaks, shift.overtime) == (own[:1], 20)
    shift = services.add_shift(one.pk, starts_at=NOW, ends_at=NOW + 8 * HOUR, breaks=[], overtime_minutes=0, actor=MANAGER, now=NOW)
    assert (shift.own_breaks, shift.overtime) == ([], 0)


@pytest.mark.django_db
def test_overtime_is_the_shifts_own_else_the_teams_else_none() -> None:
    services.set_team("north", name="North", overtime_minutes=45, actor=MANAGER, now=NOW)
    told = []
    for team, own in (("north", None), ("north", 10), ("", None)):
        one = a_technician(NOW, shift=False, team=team)
        told.append(services.add_shift(one.pk, starts_at=NOW, ends_at=NOW + HOUR, overtime_minutes=own, actor=MANAGER, now=NOW).overtime)
    assert told == [45, 10, 0]


@pytest.mark.django_db
def test_absence_cuts_splits_and_drops_shifts_and_nobody_works_over_into_it() -> None:
    one, other = a_technician(NOW, shift=False), a_technician(NOW)
    untouched = list(Shift.objects.filter(technician=other).values())
    day = timedelta(days=1)
    for start, length in ((NOW, 8), (NOW + day, 8), (NOW + 2 * day, 8)):
        rest = FloatingBreak(start + HOUR, start + 2 * HOUR, 30)
        services.add_shift(
            one.pk, starts_at=start, ends_at=start + length * HOUR, breaks=[rest], overtime_minutes=30, actor=MANAGER, now=NOW
        )
    first = Shift.objects.get(technician=one, starts_at=NOW)
    for _ in range(2):
        services.report_absent(one.pk, starts=NOW + 4 * HOUR, ends=NOW + 2 * day + HOUR, actor=DISPATCHER, now=NOW)
        left = Shift.objects.filter(technician=one).order_by("starts_at")
        assert [(s.starts_at, s.ends_at, s.overtime) for s in left] == [
            (NOW, NOW + 4 * HOUR, 0),
            (NOW + 2 * day + HOUR, NOW + 2 * day + 8 * HOUR, 30),
        ]
    assert left[0].pk == first.pk
    assert [len(s.own_breaks or ()) for s in left] == [1, 1]
    services.report_absent(one.pk, starts=NOW + HOUR, ends=NOW + 2 * HOUR, actor=DISPATCHER, now=NOW)
    first_day = Shift.objects.filter(technician=one, starts_at__lt=NOW + day).order_by("starts_at")
    assert [(s.starts_at - NOW, s.ends_at - NOW, s.overtime) for s in first_day] == [(0 * HOUR, HOUR, 0), (2 * HOUR, 4 * HOUR, 0)]
    assert AuditEntry.objects.filter(verb="report_absent", subject=f"technician:{one.pk}", actor=DISPATCHER.id).count() == 3
    assert list(Shift.objects.filter(technician=other).values()) == untouched


@pytest.mark.django_db
def test_absence_of_nobody_or_of_no_time_and_from_strangers_is_refused() -> None:
    one = a_technician(NOW)
    with pytest.raises(NoSuchTechnician):
        services.report_absent(0, starts=NOW, ends=NOW + HOUR, actor=DISPATCHER, now=NOW)
    for ends in (NOW, NOW - HOUR, NOW + timedelta(days=367)):
        with pytest.raises(BadAbsence):
            check_absence(NOW, ends)
        with pytest.raises(BadAbsence):
            services.report_absent(one.pk, starts=NOW, ends=ends, actor=DISPATCHER, now=NOW)
    for stranger in (an_actor("agent"), actor_of(one)):
        with pytest.raises(Forbidden):
            services.report_absent(one.pk, starts=NOW, ends=NOW + HOUR, actor=stranger, now=NOW)


@pytest.mark.django_db
def test_hours_are_handed_over_cut_out_of_every_shift_they_touch() -> None:
    one, other = a_technician(NOW, shift=False), a_technician(NOW, shift=False)
    for begins in (0, 6):
        services.add_shift(one.pk, starts_at=NOW + begins * HOUR, ends_at=NOW + (begins + 4) * HOUR, actor=MANAGER, now=NOW)
    services.hand_over_hours(one.pk, NOW + 3 * HOUR, NOW + 8 * HOUR, to=other.pk, actor=MANAGER, now=NOW)
    services.hand_over_hours(one.pk, NOW + 2 * HOUR, NOW + 3 * HOUR, to=None, actor=MANAGER, now=NOW)
    spans = {who: [(row.starts_at, row.ends_at) for row in who.shifts.order_by("starts_at")] for who in (one, other)}
    assert spans[one] == [(NOW, NOW + 2 * HOUR), (NOW + 8 * HOUR, NOW + 10 * HOUR)]
    assert spans[other] == [(NOW + 3 * HOUR, NOW + 8 * HOUR)]
    assert AuditEntry.objects.filter(verb="hand_over_hours", subject=f"technician:{one.pk}").count() == 2


@pytest.mark.django_db
def test_hours_are_not_handed_to_who_works_then_nor_by_strangers() -> None:
    one, other = a_technician(NOW), a_technician(NOW)
    with pytest.raises(ShiftsOverlap):
        services.hand_over_hours(one.pk, NOW - 8 * HOUR, NOW, to=other.pk, actor=MANAGER, now=NOW)
    with pytest.raises(Forbidden):
        services.hand_over_hours(one.pk, NOW, NOW + HOUR, to=None, actor=actor_of(one), now=NOW)
    assert other.shifts.get().ends_at == NOW + 12 * HOUR, "the one that begins then is no other shift"
    assert one.shifts.count() == 1


@pytest.mark.django_db
def test_shift_as_if_has_the_breaks_it_would_have() -> None:
    one = a_technician(NOW, shift=False)
    services.set_break_rules([LUNCH], actor=MANAGER, now=NOW)
    shift = queries.shift_as_if(one, NOW, NOW + 8 * HOUR)
    [pause] = queries.breaks_of([shift])[shift.pk]
    assert pause.minutes == LUNCH.minutes and not Shift.objects.exists()
