"""Customers choose: what is offered can be kept, nobody's choice takes another's, and who waits is offered what comes free (O5, O6, O7)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from threading import Event
from time import sleep

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from blisko.access.errors import TooFast
from blisko.access.rules import SYSTEM, Actor
from blisko.access.services import run_retention
from blisko.field.models import BreakRule, Shift, Team
from blisko.field.services import change_technician
from blisko.kit.errors import Refusal
from blisko.kit.tests.at_once import AtOnce
from blisko.planning.errors import LacksSkills, NothingHeld, NotMovable, SlotGone
from blisko.planning.models import Assignment, PlanVersion, SavedTrip, SlotHold, Waiting
from blisko.planning.queries import assignment_of, held_for, offer_slots, saved_trips, slots_to_choose, waits_for_earlier
from blisko.planning.queries.problems import EVERYBODY, day_at, draft_of
from blisko.planning.queries.standing import forget_standing
from blisko.planning.rules.checker import faults
from blisko.planning.rules.choices import HOLD, OFFER_HOLD, HoldState, Purpose, WaitingState
from blisko.planning.rules.runs import Why
from blisko.planning.rules.whatif import as_it_stands, board_of
from blisko.planning.services import (
    assign_visit,
    confirm_slot,
    hold_slot,
    let_slot_go,
    note_saved_trip,
    note_told,
    offer_earlier,
    stop_waiting,
    unassign_visit,
    wait_for_earlier,
)
from blisko.planning.services.choosing import CHOICES_AN_HOUR
from blisko.planning.services.versions import queue_up
from blisko.planning.tests.make import HOUR, a_visit_at, a_worker
from blisko.visits.errors import AnotherIsBooked
from blisko.visits.models import JobType, Visit, VisitRequest
from blisko.visits.queries import lock_visits
from blisko.visits.rules import CancelReason, OrderState, RequestState, VisitState
from blisko.visits.services import arrive, cancel_visit, confirm_service, finish, invite_customer, need_another, report_no_access, set_out
from blisko.visits.tests.make import a_job_type, a_link_to

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # six in the morning
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    forget_standing()
    a_job_type()
    yield
    forget_standing()


def link_to(visit: Visit) -> Actor:
    return a_link_to(visit, NOW)


def faults_of(day: date) -> list[str]:
    """What an independent eye finds wrong with a day as it is planned."""
    draft = draft_of(day, EVERYBODY, now=NOW)
    return faults(draft.problem, as_it_stands(board_of(draft.world, draft.problem)))


def hours(slots: list[datetime]) -> list[int]:
    return sorted(round((each - NOW) / HOUR) for each in slots)


def offered(visit: Visit, now: datetime = NOW) -> list[int]:
    return hours([slot.starts for slot in slots_to_choose(link_to(visit), visit.pk, now=now)])


def chosen(visit: Visit, starts: float, now: datetime = NOW) -> Visit:
    """The customer chooses the slot that starts so many hours after NOW and confirms it."""
    link = link_to(visit)
    hold_slot(visit.pk, NOW + starts * HOUR, actor=link, now=now)
    return confirm_slot(visit.pk, actor=link, now=now)


def test_customer_moves_the_visit_and_somebody_is_planned_for_it_at_once() -> None:
    today, tomorrow = a_worker(NOW, begins=0), a_worker(NOW, begins=24)
    visit = a_visit_at(NOW, starts=4)
    assign_visit(visit.pk, today.pk, actor=SYSTEM, now=NOW)
    assert offered(visit) == [2, 6, 8, 26, 28, 30, 32]
    moved = chosen(visit, 28)
    assert (moved.window_from, moved.window_to, moved.state) == (NOW + 28 * HOUR, NOW + 30 * HOUR, VisitState.BOOKED)
    [row] = Assignment.objects.filter(visit=visit, released_at=None)
    assert row.technician_id == tomorrow.pk
    assert moved.window_from <= row.during.lower <= moved.window_to
    assert PlanVersion.objects.filter(why=Why.CHOSEN).count() == 1
    assert SlotHold.objects.get().state == HoldState.CONFIRMED
    assert 4 in offered(a_visit_at(NOW, starts=8))  # what he gave back is offered to the next one at once


def test_customer_who_was_asked_chooses_the_first_promise_and_somebody_is_planned_for_it() -> None:
    worker, planned = a_worker(NOW, begins=24), a_visit_at(NOW, starts=26)
    visit = invite_customer(actor=SYSTEM, now=NOW, site_id=planned.order.site_id, job_type="fibre-repair", choose_until=NOW + 24 * HOUR)
    customer = link_to(visit)
    wanted = slots_to_choose(customer, visit.pk, now=NOW)[0]
    assert hold_slot(visit.pk, wanted.starts, actor=customer, now=NOW).purpose == Purpose.FIRST
    booked = confirm_slot(visit.pk, actor=customer, now=NOW)
    assert (booked.pk, booked.state, booked.window_from, booked.is_promised) == (visit.pk, VisitState.BOOKED, wanted.starts, True)
    made = assignment_of(visit.pk)
    assert made is not None and made.technician_id == worker.pk
    assert confirm_slot(visit.pk, actor=customer, now=NOW).pk == visit.pk
    assert Visit.objects.count() == 2


def test_visit_given_to_the_technician_at_that_very_moment_is_held_as_well(at_once: AtOnce) -> None:
    """Else who confirms waits for that visit, and whoever holds it for the technician, until the database throws one of them out."""
    a_job_type()
    worker, given, visit = a_worker(NOW, begins=24), a_visit_at(NOW, starts=25, hours=8), a_visit_at(NOW, starts=4)
    link, gave = link_to(visit), Event()
    Visit.objects.filter(pk=given.pk).update(minutes=150)
    hold_slot(visit.pk, NOW + 28 * HOUR, actor=link, now=NOW)

    @transaction.atomic
    def gives_it() -> None:
        lock_visits([given.pk])
        queue_up([worker.pk])
        during = (NOW + 27.6 * HOUR, NOW + 30.1 * HOUR)  # in the way, but it can go earlier or later
        Assignment.objects.create(visit=given, technician=worker, during=during, made_at=NOW, made_by="test")
        gave.set()
        assert who_wait(2)

    def confirms() -> Visit:
        assert gave.wait(20)
        return confirm_slot(visit.pk, actor=link, now=NOW)

    @transaction.atomic
    def holds_it() -> None:
        assert who_wait(1)
        lock_visits([given.pk])
        queue_up([worker.pk])

    assert [repr(one) for one in at_once(gives_it, confirms, holds_it) if isinstance(one, Exception)] == []
    rows = Assignment.objects.filter(released_at=None, technician=worker).values_list("visit_id", "during")
    assert {visit_id for visit_id, _ in rows} == {visit.pk, given.pk}
    assert dict(rows)[given.pk].lower != NOW + 27.6 * HOUR


def who_wait(count: int) -> bool:
    """Whether so many wait for somebody else's lock within a while."""
    with connection.cursor() as cursor:
        for _ in range(200):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() == (count,):
                return True
            sleep(0.05)
    return False


def test_second_tap_answers_what_the_first_one_brought() -> None:
    a_worker(NOW, begins=24)
    visit = a_visit_at(NOW, starts=26)
    chosen(visit, 28)
    again = confirm_slot(visit.pk, actor=link_to(visit), now=NOW + timedelta(seconds=2))
    assert again.window_from == NOW + 28 * HOUR
    assert PlanVersion.objects.filter(why=Why.CHOSEN).count() == 1


def test_what_one_decides_about_is_offered_to_nobody_else_for_five_minutes() -> None:
    a_worker(NOW, begins=24)
    mine, other = a_visit_at(NOW, starts=50), a_visit_at(NOW, starts=50)
    assert offered(other) == [26, 28, 30, 32]
    hold = hold_slot(mine.pk, NOW + 28 * HOUR, actor=link_to(mine), now=NOW)
    assert (hold.until, hold.purpose) == (NOW + HOLD, Purpose.MOVE)
    assert offered(other) == []
    assert offered(mine) == [26, 28, 30, 32]
    with pytest.raises(SlotGone):
        hold_slot(other.pk, NOW + 28 * HOUR, actor=link_to(other), now=NOW)
    assert offered(other, NOW + HOLD) == [26, 28, 30, 32]
    let_slot_go(mine.pk, actor=link_to(mine), now=NOW)
    assert offered(other) == [26, 28, 30, 32]


def test_another_choice_lets_the_first_one_go() -> None:
    a_worker(NOW, begins=24)
    visit = a_visit_at(NOW, starts=50)
    link = link_to(visit)
    hold_slot(visit.pk, NOW + 28 * HOUR, actor=link, now=NOW)
    hold_slot(visit.pk, NOW + 30 * HOUR, actor=link, now=NOW)
    assert SlotHold.objects.filter(state=HoldState.HELD).count() == 1
    held = held_for(visit.pk, now=NOW)
    assert held is not None
    assert held.window_from == NOW + 30 * HOUR


def test_late_confirmation_still_holds_while_nobody_was_faster_and_is_refused_once_somebody_was() -> None:
    a_worker(NOW, begins=24, hours=4)
    one, two = a_visit_at(NOW, starts=50), a_visit_at(NOW, starts=50)
    hold_slot(one.pk, NOW + 26 * HOUR, actor=link_to(one), now=NOW)
    later = NOW + 2 * HOLD
    hold_slot(two.pk, NOW + 26 * HOUR, actor=link_to(two), now=later)
    with pytest.raises(SlotGone):
        confirm_slot(one.pk, actor=link_to(one), now=later)
    confirm_slot(two.pk, actor=link_to(two), now=later)
    JobType.objects.update(minutes=120)
    Visit.objects.filter(pk=one.pk).update(minutes=120)
    with pytest.raises(SlotGone):
        confirm_slot(one.pk, actor=link_to(one), now=later)
    assert Visit.objects.get(pk=one.pk).window_from == NOW + 50 * HOUR  # nothing of it was done


def test_confirming_goes_on_with_whoever_else_can_come() -> None:
    first, second = a_worker(NOW, begins=24), a_worker(NOW, begins=24, north=0.1)
    visit = a_visit_at(NOW, starts=50)
    assert hold_slot(visit.pk, NOW + 26 * HOUR, actor=link_to(visit), now=NOW).technician_id == first.pk
    busy = a_visit_at(NOW, starts=24, hours=12)
    Visit.objects.filter(pk=busy.pk).update(minutes=480)
    assign_visit(busy.pk, first.pk, actor=SYSTEM, now=NOW, starts_at=NOW + 24 * HOUR)
    confirm_slot(visit.pk, actor=link_to(visit), now=NOW)
    planned = assignment_of(visit.pk)
    assert planned is not None
    assert planned.technician_id == second.pk


def test_nothing_is_confirmed_that_nobody_chose() -> None:
    a_worker(NOW, begins=24)
    visit = a_visit_at(NOW, starts=50)
    with pytest.raises(NothingHeld):
        confirm_slot(visit.pk, actor=link_to(visit), now=NOW)
    hold_slot(visit.pk, NOW + 26 * HOUR, actor=link_to(visit), now=NOW)
    let_slot_go(visit.pk, actor=link_to(visit), now=NOW)
    with pytest.raises(NothingHeld):
        confirm_slot(visit.pk, actor=link_to(visit), now=NOW)
    with pytest.raises(SlotGone):
        hold_slot(visit.pk, NOW + 27 * HOUR, actor=link_to(visit), now=NOW)


def test_technician_on_the_way_turns_back_when_the_customer_moves_the_visit() -> None:
    worker = a_worker(NOW, begins=0)
    a_worker(NOW, begins=24)
    visit = a_visit_at(NOW, starts=2)
    assign_visit(visit.pk, worker.pk, actor=SYSTEM, now=NOW)
    set_out(visit.pk, actor=SYSTEM, now=NOW + HOUR)
    moved = chosen(visit, 26, now=NOW + HOUR)
    assert (moved.state, moved.set_out_at) == (VisitState.BOOKED, None)


def test_visit_at_hand_or_done_has_no_times_to_choose() -> None:
    worker = a_worker(NOW, hours=12)
    visit = a_visit_at(NOW, starts=2)
    assign_visit(visit.pk, worker.pk, actor=SYSTEM, now=NOW)
    set_out(visit.pk, actor=SYSTEM, now=NOW)
    arrive(visit.pk, actor=SYSTEM, now=NOW)
    assert offered(visit) == []
    with pytest.raises(NotMovable):
        hold_slot(visit.pk, NOW + 4 * HOUR, actor=link_to(visit), now=NOW)
    with pytest.raises(NotMovable):
        wait_for_earlier(visit.pk, actor=link_to(visit), now=NOW)


def test_next_visit_is_offered_and_planned_with_whoever_can_do_what_it_needs() -> None:
    plain, master = a_worker(NOW, begins=24), a_worker(NOW, begins=48)
    change_technician(master.pk, actor=SYSTEM, now=NOW, name=master.name, levels={"fibre": 3})
    visit = a_visit_at(NOW, starts=0.5)
    arrive(visit.pk, actor=SYSTEM, now=NOW)
    need_another(visit.pk, actor=SYSTEM, now=NOW, cause="skill", skills={"fibre": 3})
    assert {starts // 24 for starts in offered(visit)} == {2}
    another = chosen(visit, offered(visit)[0])
    assert another.wanted_levels == {"fibre": 3}
    assert assignment_of(another.pk).technician_id == master.pk  # type: ignore[union-attr]
    assert 24 not in {starts // 24 * 24 for starts in offered(another)}  # nor is it moved to a day of who cannot
    with pytest.raises(LacksSkills):
        assign_visit(another.pk, plain.pk, actor=SYSTEM, now=NOW)


@pytest.mark.parametrize("how", ["cancelled", "no_access", "does_not_work"])
def test_visit_that_ended_in_vain_is_booked_again_from_its_link_and_never_twice(how: str) -> None:
    worker = a_worker(NOW, hours=12)
    visit = a_visit_at(NOW, starts=2)
    assign_visit(visit.pk, worker.pk, actor=SYSTEM, now=NOW)
    link = link_to(visit)
    if how == "cancelled":
        cancel_visit(visit.pk, actor=link, now=NOW, reason=CancelReason.NOT_HOME)
    else:
        arrive(visit.pk, actor=SYSTEM, now=NOW)
        if how == "no_access":
            report_no_access(visit.pk, actor=SYSTEM, now=NOW)
        else:
            finish(visit.pk, actor=SYSTEM, now=NOW)
            with pytest.raises(NotMovable):
                hold_slot(visit.pk, NOW + 6 * HOUR, actor=link, now=NOW)
            confirm_service(visit.pk, False, asked="?", language="en", actor=link, now=NOW)
    another = chosen(visit, 6)
    assert another.pk != visit.pk
    assert (another.order_id, another.order.state, another.window_from) == (visit.order_id, OrderState.OPEN, NOW + 6 * HOUR)
    assert assignment_of(another.pk) is not None
    assert set(VisitRequest.objects.values_list("state", flat=True)) <= {RequestState.BOOKED}
    assert confirm_slot(visit.pk, actor=link, now=NOW).pk == another.pk
    hold_slot(visit.pk, NOW + 8 * HOUR, actor=link, now=NOW)
    with pytest.raises(AnotherIsBooked):
        confirm_slot(visit.pk, actor=link, now=NOW)
    assert Visit.objects.filter(order=visit.order).count() == 2


def test_whoever_chooses_too_often_is_asked_to_wait() -> None:
    a_worker(NOW, begins=24)
    visit = a_visit_at(NOW, starts=50)
    link = link_to(visit)
    for _ in range(CHOICES_AN_HOUR):
        hold_slot(visit.pk, NOW + 26 * HOUR, actor=link, now=NOW)
    with pytest.raises(TooFast):
        hold_slot(visit.pk, NOW + 26 * HOUR, actor=link, now=NOW)


def test_who_waits_for_something_earlier_gets_what_comes_free_held_and_takes_it_with_one_tap() -> None:
    worker = a_worker(NOW, begins=24, hours=4)
    a_worker(NOW, begins=48, hours=4)
    first, second, taken = a_visit_at(NOW, starts=50), a_visit_at(NOW, starts=50), a_visit_at(NOW, starts=26)
    Visit.objects.update(minutes=110)
    JobType.objects.update(minutes=110)
    assign_visit(taken.pk, worker.pk, actor=SYSTEM, now=NOW, starts_at=NOW + 26 * HOUR)
    wait_for_earlier(first.pk, actor=link_to(first), now=NOW)
    wait_for_earlier(first.pk, actor=link_to(first), now=NOW)
    wait_for_earlier(second.pk, actor=link_to(second), now=NOW + timedelta(minutes=1))
    assert Waiting.objects.count() == 2
    assert offer_earlier(now=NOW) == []
    unassign_visit(taken.pk, actor=SYSTEM, now=NOW)
    [hold] = offer_earlier(now=NOW + timedelta(minutes=2))
    assert (hold.visit_id, hold.purpose, hold.window_from) == (first.pk, Purpose.EARLIER, NOW + 26 * HOUR)
    assert hold.until - hold.made_at == OFFER_HOLD
    assert offer_earlier(now=NOW + timedelta(minutes=3)) == []  # one message, and the slot is his for the moment
    moved = confirm_slot(first.pk, actor=link_to(first), now=NOW + timedelta(minutes=4))
    assert moved.window_from == NOW + 26 * HOUR
    assert Waiting.objects.get(visit=first).state == WaitingState.TAKEN


def test_who_does_not_answer_leaves_it_to_the_next_one() -> None:
    a_worker(NOW, begins=24, hours=4)
    first, second = a_visit_at(NOW, starts=50), a_visit_at(NOW, starts=50)
    for n, visit in enumerate((first, second)):
        wait_for_earlier(visit.pk, actor=link_to(visit), now=NOW + timedelta(seconds=n))
    assert [hold.visit_id for hold in offer_earlier(now=NOW)] == [first.pk]
    assert [hold.visit_id for hold in offer_earlier(now=NOW + OFFER_HOLD)] == [second.pk]
    assert {hold.visit_id: hold.state for hold in SlotHold.objects.all()} == {first.pk: HoldState.HELD, second.pk: HoldState.HELD}


def test_who_chooses_himself_is_not_disturbed_and_who_stopped_waiting_hears_nothing() -> None:
    a_worker(NOW, begins=24, hours=4)
    visit = a_visit_at(NOW, starts=50)
    wait_for_earlier(visit.pk, actor=link_to(visit), now=NOW)
    hold_slot(visit.pk, NOW + 26 * HOUR, actor=link_to(visit), now=NOW)
    assert offer_earlier(now=NOW) == []
    let_slot_go(visit.pk, actor=link_to(visit), now=NOW)
    stop_waiting(visit.pk, actor=link_to(visit), now=NOW)
    assert not waits_for_earlier(visit.pk)
    assert offer_earlier(now=NOW) == []
    wait_for_earlier(visit.pk, actor=link_to(visit), now=NOW)
    cancel_visit(visit.pk, actor=SYSTEM, now=NOW, reason=CancelReason.OPERATOR)
    assert offer_earlier(now=NOW) == []
    assert not waits_for_earlier(visit.pk)


def test_waiting_ends_when_he_chooses_another_time_himself() -> None:
    a_worker(NOW, begins=24)
    visit = a_visit_at(NOW, starts=50)
    wait_for_earlier(visit.pk, actor=link_to(visit), now=NOW)
    chosen(visit, 30)
    assert Waiting.objects.get().state == WaitingState.ENDED


def test_cancelled_visit_saves_the_drive_that_nobody_makes() -> None:
    worker = a_worker(NOW, hours=10)
    visit = a_visit_at(NOW, north=0.2, starts=2)
    assign_visit(visit.pk, worker.pk, actor=SYSTEM, now=NOW)
    cancel_visit(visit.pk, actor=link_to(visit), now=NOW, reason=CancelReason.FIXED_ITSELF)
    whole = note_saved_trip(visit.pk, by_customer=True, now=NOW)
    assert whole is not None
    assert 2 * 22_000 < whole.metres < 2 * 45_000  # 0.2 degrees north and back, by road
    assert (whole.by_customer, whole.on_the_way, whole.estimated) == (True, False, True)
    note_saved_trip(visit.pk, by_customer=True, now=NOW + HOUR)
    assert [one.pk for one in saved_trips(SYSTEM, NOW, NOW + HOUR)] == [visit.pk]


def test_only_what_was_not_driven_yet_is_saved_and_nothing_at_the_door() -> None:
    worker = a_worker(NOW, hours=10)
    one, two, three = (a_visit_at(NOW, north=0.2, starts=2 * n) for n in (1, 2, 3))
    for visit in (one, two, three):
        assign_visit(visit.pk, worker.pk, actor=SYSTEM, now=NOW)
    set_out(one.pk, actor=SYSTEM, now=NOW)
    cancel_visit(one.pk, actor=SYSTEM, now=NOW, reason=CancelReason.OPERATOR)
    row = note_saved_trip(one.pk, by_customer=False, now=NOW + timedelta(minutes=10))
    assert row is not None
    assert row.on_the_way
    assert row.metres == 0  # the next one is at the same place: the drive is needed anyway
    arrive(two.pk, actor=SYSTEM, now=NOW + 4 * HOUR)
    cancel_visit(two.pk, actor=SYSTEM, now=NOW + 4 * HOUR, reason=CancelReason.NOT_NEEDED)
    assert note_saved_trip(two.pk, by_customer=True, now=NOW + 4 * HOUR) is None
    assert note_saved_trip(a_visit_at(NOW).pk, by_customer=True, now=NOW) is None
    assert SavedTrip.objects.count() == 1


visits_of_a_day = st.lists(
    st.tuples(st.integers(-20, 20), st.integers(24, 32), st.booleans(), st.integers(20, 110)), min_size=1, max_size=6
)


@given(visits=visits_of_a_day, resting=st.booleans(), place=st.integers(-20, 20), minutes=st.integers(20, 150))
@settings(max_examples=10, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_offered_can_be_kept_on_any_day(
    visits: list[tuple[int, int, bool, int]], resting: bool, place: int, minutes: int
) -> None:
    """Every window of a random day that is offered is confirmed, the plan stays without a fault and nobody else is told anything new."""
    forget_standing()
    Assignment.objects.all().delete()
    workers = [a_worker(NOW, begins=24), a_worker(NOW, begins=25, hours=7, north=0.05)]
    if resting:
        team = Team.objects.create(code=f"t{workers[0].pk}", name="T")
        BreakRule.objects.create(team=team, earliest=time(11), latest=time(13), minutes=30)
        for worker in workers:
            worker.team = team
            worker.save()
    for n, (north, hour, told, length) in enumerate(visits):
        visit = a_visit_at(NOW, north=north / 100, starts=hour)
        Visit.objects.filter(pk=visit.pk).update(minutes=length)
        try:
            assign_visit(visit.pk, workers[n % 2].pk, actor=SYSTEM, now=NOW)
        except Refusal:
            continue
        if told:
            note_told(visit.pk, (visit.window_from, visit.window_to), key=f"k{visit.pk}", now=NOW, technician_id=workers[n % 2].pk)
    mine = a_visit_at(NOW, north=place / 100, starts=74)
    Visit.objects.filter(pk=mine.pk).update(minutes=minutes)
    day = day_at(NOW + 24 * HOUR)
    broken = set(faults_of(day))
    for slot in offer_slots(SYSTEM, mine.pk, [day], now=NOW):
        link = link_to(mine)
        hold_slot(mine.pk, slot.starts, actor=link, now=NOW)
        confirm_slot(mine.pk, actor=link, now=NOW)
        assert set(faults_of(day)) <= broken
        forget_standing()


def test_what_was_chosen_and_saved_long_ago_is_forgotten() -> None:
    worker = a_worker(NOW, begins=24)
    visit, off = a_visit_at(NOW, starts=50), a_visit_at(NOW, starts=26)
    assign_visit(off.pk, worker.pk, actor=SYSTEM, now=NOW)
    cancel_visit(off.pk, actor=SYSTEM, now=NOW, reason=CancelReason.OPERATOR)
    note_saved_trip(off.pk, by_customer=False, now=NOW)
    wait_for_earlier(visit.pk, actor=link_to(visit), now=NOW)
    hold_slot(visit.pk, NOW + 30 * HOUR, actor=link_to(visit), now=NOW)
    gone = run_retention(now=NOW + timedelta(days=91))
    assert (gone["planning.holds"], gone["planning.saved_trips"]) == (2, 0)
    assert run_retention(now=NOW + timedelta(days=731))["planning.saved_trips"] == 1


def test_slot_that_nobody_can_keep_any_more_is_refused_whole() -> None:
    worker = a_worker(NOW, begins=24)
    visit = a_visit_at(NOW, starts=50)
    hold_slot(visit.pk, NOW + 26 * HOUR, actor=link_to(visit), now=NOW)
    Shift.objects.filter(technician=worker).delete()
    with pytest.raises(SlotGone):
        confirm_slot(visit.pk, actor=link_to(visit), now=NOW)
    assert Visit.objects.get(pk=visit.pk).window_from == NOW + 50 * HOUR
    assert SlotHold.objects.get().state == HoldState.HELD


def test_place_nobody_knows_saves_no_known_way() -> None:
    worker = a_worker(NOW)
    visit = a_visit_at(NOW)
    visit.order.site.lat = None
    visit.order.site.save()
    assign_visit(visit.pk, worker.pk, actor=SYSTEM, now=NOW)
    cancel_visit(visit.pk, actor=SYSTEM, now=NOW, reason=CancelReason.OPERATOR)
    assert note_saved_trip(visit.pk, by_customer=False, now=NOW) is None
