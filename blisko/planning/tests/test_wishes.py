"""Wishes for a visit, the seats of a crew, and what customers were told."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blisko.access.errors import Forbidden
from blisko.access.models import AuditEntry
from blisko.access.queries import opens
from blisko.access.rules import SYSTEM
from blisko.accounts.tests.make import an_actor
from blisko.field.errors import NoSuchTechnician
from blisko.field.tests.make import a_technician, actor_of
from blisko.planning import queries
from blisko.planning.errors import DoubleBooked, NoSuchSeat, NothingToRelease, Unwished
from blisko.planning.models import Assignment, PlanDay, Told
from blisko.planning.rules.wishes import LEAD, SECOND, WishKind, may_do
from blisko.planning.services import assign_visit, drop_wish, free_slot, note_told, set_wish, unassign_visit
from blisko.visits.errors import NoSuchVisit
from blisko.visits.models import Visit
from blisko.visits.tests.make import a_job_type, a_visit

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DISPATCHER = an_actor("dispatcher")


@given(st.dictionaries(st.integers(1, 4), st.sampled_from(list(WishKind))), st.integers(1, 4))
def test_wishes_let_everybody_but_who_must_not_and_only_who_alone_may(wishes: dict[int, WishKind], who: int) -> None:
    if WishKind.ONLY in wishes.values():
        assert may_do(who, wishes) == (wishes.get(who) == WishKind.ONLY)
    else:
        assert may_do(who, wishes) == (wishes.get(who) != WishKind.NEVER)


@pytest.mark.django_db
def test_last_wish_counts_stops_the_wrong_one_and_can_be_taken_back() -> None:
    visit, one, other = a_visit(NOW), a_technician(NOW), a_technician(NOW)
    for kind in (WishKind.PREFERRED, WishKind.NEVER):
        set_wish(visit.pk, one.pk, kind, actor=DISPATCHER, now=NOW)
    assert [(wish.technician, wish.kind) for wish in queries.wishes_for(DISPATCHER, visit.pk, now=NOW)] == [(one, "never")]
    with pytest.raises(Unwished):
        assign_visit(visit.pk, one.pk, actor=DISPATCHER, now=NOW)
    set_wish(visit.pk, one.pk, WishKind.ONLY, actor=DISPATCHER, now=NOW)
    with pytest.raises(Unwished):
        assign_visit(visit.pk, other.pk, actor=DISPATCHER, now=NOW)
    before = PlanDay.objects.get().revision
    for _ in range(2):
        drop_wish(visit.pk, one.pk, actor=DISPATCHER, now=NOW)
    assert PlanDay.objects.get().revision == before + 1
    assert AuditEntry.objects.filter(verb="drop_wish", subject=f"visit:{visit.pk}").count() == 1
    assert assign_visit(visit.pk, other.pk, actor=DISPATCHER, now=NOW).technician == other


@pytest.mark.django_db
def test_wish_of_strangers_and_for_what_is_not_there_is_refused() -> None:
    visit, technician = a_visit(NOW), a_technician(NOW)
    for stranger in (an_actor("agent"), actor_of(technician)):
        with pytest.raises(Forbidden):
            set_wish(visit.pk, technician.pk, WishKind.ONLY, actor=stranger, now=NOW)
        with pytest.raises(Forbidden):
            drop_wish(visit.pk, technician.pk, actor=stranger, now=NOW)
        with pytest.raises(Forbidden):
            queries.wishes_for(stranger, visit.pk, now=NOW)
        with pytest.raises(Forbidden):
            queries.told_for(stranger, visit.pk, now=NOW)
    with pytest.raises(NoSuchVisit):
        set_wish(0, technician.pk, WishKind.ONLY, actor=DISPATCHER, now=NOW)
    with pytest.raises(NoSuchTechnician):
        set_wish(visit.pk, 0, WishKind.ONLY, actor=DISPATCHER, now=NOW)


def a_crew_visit() -> Visit:
    kind = a_job_type("mast")
    kind.crew_size = 2
    kind.save()
    return a_visit(NOW, job_type="mast")


@pytest.mark.django_db
def test_crew_has_two_seats_that_begin_together_and_are_given_up_together() -> None:
    visit, lead, second = a_crew_visit(), a_technician(NOW), a_technician(NOW)
    first = assign_visit(visit.pk, lead.pk, actor=DISPATCHER, now=NOW, starts_at=visit.window_from + HOUR / 2)
    along = assign_visit(visit.pk, second.pk, actor=DISPATCHER, now=NOW, seat=SECOND)
    assert (along.during, along.seat) == (first.during, SECOND)
    assert (queries.assignment_of(visit.pk), queries.assignment_of(visit.pk, SECOND)) == (first, along)
    assert all(opens(actor_of(one), f"visit:{visit.pk}", now=NOW) for one in (lead, second))
    other = assign_visit(visit.pk, a_technician(NOW).pk, actor=DISPATCHER, now=NOW, seat=SECOND)
    assert (queries.assignment_of(visit.pk), queries.assignment_of(visit.pk, SECOND)) == (first, other)
    assert not opens(actor_of(second), f"visit:{visit.pk}", now=NOW)
    with pytest.raises(DoubleBooked):
        assign_visit(visit.pk, lead.pk, actor=DISPATCHER, now=NOW, seat=SECOND)
    unassign_visit(visit.pk, actor=DISPATCHER, now=NOW)
    assert not Assignment.objects.filter(released_at=None).exists()
    with pytest.raises(NothingToRelease):
        unassign_visit(visit.pk, actor=DISPATCHER, now=NOW)


@pytest.mark.django_db
def test_second_without_a_lead_gets_the_first_gap_and_is_freed_with_the_visit() -> None:
    visit = a_crew_visit()
    along = assign_visit(visit.pk, a_technician(NOW).pk, actor=DISPATCHER, now=NOW, seat=SECOND)
    assert along.during.lower == visit.window_from
    free_slot(visit.pk, actor=SYSTEM, now=NOW)
    assert queries.assignment_of(visit.pk, SECOND) is None


@pytest.mark.django_db
def test_seat_the_job_does_not_have_is_refused() -> None:
    visit, technician = a_visit(NOW), a_technician(NOW)
    for seat in (LEAD - 1, SECOND):
        with pytest.raises(NoSuchSeat):
            assign_visit(visit.pk, technician.pk, actor=DISPATCHER, now=NOW, seat=seat)


@pytest.mark.django_db
def test_newest_word_told_comes_first_and_the_same_message_counts_once() -> None:
    visit, technician = a_visit(NOW), a_technician(NOW)
    for key, moment, who in (("a", NOW, None), ("b", NOW + HOUR, technician.pk), ("a", NOW + 2 * HOUR, None)):
        note_told(visit.pk, (NOW + 3 * HOUR, NOW + 4 * HOUR), key=key, now=moment, technician_id=who)
    assert [(told.at, told.technician) for told in queries.told_for(DISPATCHER, visit.pk, now=NOW)] == [
        (NOW + HOUR, technician),
        (NOW, None),
    ]
    assert str(Told.objects.first()).endswith("11:00–12:00")
