"""A technician hands a whole shift over, or what is left of it, or his place in a crew: who is asked, and what goes with it (F14)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from blisko.access.queries import opens
from blisko.access.rules import SYSTEM
from blisko.accounts.tests.make import an_actor
from blisko.field.errors import ShiftsOverlap
from blisko.field.models import Shift, Technician
from blisko.field.services import add_shift, hand_over_hours, report_absent
from blisko.field.tests.make import a_technician, actor_of
from blisko.kit.tests.at_once import AtOnce
from blisko.kit.tests.work import do_jobs
from blisko.planning.errors import NobodyCanTake, NoSuchSwap, NotToOffer, SwapGone, SwapUnfit
from blisko.planning.models import Assignment, PlanVersion, SickLeave, SwapAsked, SwapOffer
from blisko.planning.queries import shifts_to_offer, swaps_asked_of, swaps_to_approve, visits_offered
from blisko.planning.rules.swaps import MOST_VISITS, Approval, SwapState
from blisko.planning.services import (
    accept_swap,
    approve_swap,
    assign_visit,
    change_swap_rules,
    decline_swap,
    end_old_swaps,
    offer_shift,
    offer_swap,
    unassign_visit,
    withdraw_swap,
)
from blisko.planning.tests.make import HOUR, a_visit_at, a_worker
from blisko.visits.models import JobType, Visit
from blisko.visits.services import arrive, set_out
from blisko.visits.tests.make import a_visit

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
TOMORROW = NOW + 24 * HOUR
DESK = an_actor("dispatcher", "user:7")
BOSS = an_actor("manager", "user:8")
pytestmark = pytest.mark.django_db


def rules(approval: Approval, minutes: int = 15, rest: int = 11) -> None:
    change_swap_rules(approval=approval, minutes=minutes, rest_hours=rest, actor=BOSS, now=NOW)


def given(technician: Technician, *hours: float) -> list[Visit]:
    """Visits of tomorrow that are this technician's, each beginning so many hours after six."""
    found = []
    for hour in hours:
        visit = a_visit_at(TOMORROW, starts=hour, hours=1)
        assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=NOW, starts_at=visit.window_from)
        found.append(visit)
    return found


def a_giver(*hours: float) -> tuple[Technician, Shift, list[Visit]]:
    one = a_worker(TOMORROW)
    return one, Shift.objects.get(technician=one), given(one, *hours)


def a_free_one(skills: tuple[str, ...] = ("fibre",)) -> Technician:
    return a_technician(NOW, shift=False, skills=skills)


def shifts_of(technician: Technician) -> list[tuple[datetime, datetime]]:
    return list(Shift.objects.filter(technician=technician).order_by("starts_at").values_list("starts_at", "ends_at"))


def holders(visits: list[Visit]) -> set[int]:
    rows = Assignment.objects.filter(visit__in=visits, released_at=None)
    return set(rows.values_list("technician_id", flat=True))


def asked(offer: SwapOffer) -> dict[int, bool]:
    """Who is asked, and whether the visits would go into a shift of his own."""
    return dict(offer.asked.values_list("technician_id", "merged"))


def test_shift_is_offered_to_who_is_free_rested_and_able_and_to_who_has_room_that_day() -> None:
    one, shift, _ = a_giver(2, 4)
    free, working = a_free_one(), a_worker(TOMORROW, north=0.01)
    a_free_one(skills=())
    sick, tired, rested, busy = a_free_one(), a_free_one(), a_free_one(), a_worker(TOMORROW)
    SickLeave.objects.create(technician=sick, starts_at=NOW, ends_at=TOMORROW + 12 * HOUR)
    for who, hours in ((tired, 10), (rested, 11)):
        ends = shift.starts_at - hours * HOUR
        add_shift(who.pk, starts_at=ends - 4 * HOUR, ends_at=ends, actor=SYSTEM, now=NOW)
    given(busy, 2, 3, 4)
    offer = offer_shift(shift.pk, actor=actor_of(one), now=NOW, note="My child is ill.")
    assert asked(offer) == {free.pk: False, working.pk: True, rested.pk: False}
    assert offer_shift(shift.pk, actor=actor_of(one), now=NOW) == offer
    assert (offer.starts_at, offer.ends_at, offer.note) == (shift.starts_at, shift.ends_at, "My child is ill.")
    [mine] = swaps_asked_of(actor_of(free))
    assert (mine.was_done, mine.later, mine.told) == (None, 0, 0)
    assert mine.done == TOMORROW + 5 * HOUR
    with pytest.raises(NoSuchSwap):
        accept_swap(offer.pk, actor=actor_of(busy), now=NOW)


def test_first_who_accepts_has_the_hours_the_visits_and_the_keys_in_one_version() -> None:
    rules(Approval.NEVER)
    one, shift, visits = a_giver(2, 4)
    add_shift(one.pk, starts_at=shift.starts_at + 48 * HOUR, ends_at=shift.ends_at + 48 * HOUR, actor=SYSTEM, now=NOW)
    free, other = a_free_one(), a_free_one()
    hours, later = shifts_of(one)
    offer = offer_shift(shift.pk, actor=actor_of(one), now=NOW)
    before = PlanVersion.objects.count()
    for _ in range(2):
        assert accept_swap(offer.pk, actor=actor_of(free), now=NOW).state == SwapState.DONE
    with pytest.raises(SwapGone):
        accept_swap(offer.pk, actor=actor_of(other), now=NOW)
    assert (shifts_of(one), shifts_of(free), holders(visits)) == ([later], [hours], {free.pk})
    assert PlanVersion.objects.count() == before + 1
    for visit in visits:
        assert opens(actor_of(free), f"visit:{visit.pk}", now=NOW) and not opens(actor_of(one), f"visit:{visit.pk}", now=NOW)


def test_visits_that_go_into_a_colleagues_own_shift_cost_its_hours_and_need_a_word() -> None:
    rules(Approval.COSTLY, minutes=600)
    one, shift, visits = a_giver(2)
    other = a_worker(TOMORROW, north=0.01)
    hours = shifts_of(other)
    offer = offer_shift(shift.pk, actor=actor_of(one), now=NOW)
    assert accept_swap(offer.pk, actor=actor_of(other), now=NOW).state == SwapState.ACCEPTED
    [(waiting, cost)] = swaps_to_approve(DESK)
    assert (waiting, cost.merged) == (offer, True)
    approve_swap(offer.pk, actor=DESK, now=NOW)
    assert (shifts_of(one), shifts_of(other), holders(visits)) == ([], hours, {other.pk})


@pytest.mark.parametrize("how", ["decline", "withdraw"])
def test_shift_stays_where_it_is_when_it_is_declined_or_taken_back(how: str) -> None:
    rules(Approval.ALWAYS)
    one, shift, visits = a_giver(2)
    free, hours = a_free_one(), shifts_of(one)
    offer = offer_shift(shift.pk, actor=actor_of(one), now=NOW)
    accept_swap(offer.pk, actor=actor_of(free), now=NOW)
    if how == "decline":
        decline_swap(offer.pk, actor=DESK, now=NOW)
    else:
        withdraw_swap(offer.pk, actor=actor_of(one), now=NOW)
    assert (shifts_of(one), shifts_of(free), holders(visits)) == (hours, [], {one.pk})
    assert offer_shift(shift.pk, actor=actor_of(one), now=NOW) != offer


def test_rest_of_a_shift_under_way_goes_over_and_what_is_begun_does_not() -> None:
    rules(Approval.NEVER)
    one, shift, [first, *later] = a_giver(1, 4, 6)
    free = a_free_one()
    now = TOMORROW + 1.5 * HOUR
    set_out(first.pk, actor=actor_of(one), now=TOMORROW + 0.8 * HOUR)
    arrive(first.pk, actor=actor_of(one), now=TOMORROW + HOUR)
    offer = offer_shift(shift.pk, actor=actor_of(one), now=now)
    assert offer.starts_at == later[0].window_from
    accept_swap(offer.pk, actor=actor_of(free), now=now)
    [(begins, _)] = shifts_of(free)
    assert begins == TOMORROW + 2 * HOUR + timedelta(minutes=1)
    assert shifts_of(one) == [(TOMORROW, begins)]
    assert (holders([first]), holders(later)) == ({one.pk}, {free.pk})


def test_visit_that_should_have_begun_goes_with_the_rest_of_its_shift() -> None:
    rules(Approval.NEVER)
    one, shift, [late, later] = a_giver(2, 5)
    Visit.objects.filter(pk=late.pk).update(window_to=late.window_from + 3 * HOUR)
    free, now = a_free_one(), TOMORROW + 2.5 * HOUR
    offer = offer_shift(shift.pk, actor=actor_of(one), now=now)
    assert (offer.starts_at, end_old_swaps(now=now)) == (later.window_from, 0)
    unassign_visit(later.pk, actor=SYSTEM, now=now)
    withdraw_swap(offer.pk, actor=actor_of(one), now=now)
    offer = offer_shift(shift.pk, actor=actor_of(one), now=now)
    assert (offer.starts_at, end_old_swaps(now=now)) == (shift.ends_at - timedelta(minutes=1), 0)
    accept_swap(offer.pk, actor=actor_of(free), now=now)
    assert holders([late]) == {free.pk}


def test_shift_under_way_is_offered_from_now_on_while_there_is_something_to_come() -> None:
    one, shift, [visit] = a_giver(4)
    a_free_one()
    now = TOMORROW + 2 * HOUR
    assert [pair[1] for pair in shifts_to_offer(actor_of(one), now=now)] == [1]
    unassign_visit(visit.pk, actor=SYSTEM, now=now)
    assert shifts_to_offer(actor_of(one), now=now) == []
    with pytest.raises(NotToOffer):
        offer_shift(shift.pk, actor=actor_of(one), now=now)
    for wrong, moment in ((actor_of(a_worker(TOMORROW)), NOW), (actor_of(one), shift.ends_at)):
        with pytest.raises(NoSuchSwap):
            offer_shift(shift.pk, actor=wrong, now=moment)


def test_last_minute_of_a_shift_is_nobodys() -> None:
    one, shift, [visit] = a_giver(4)
    Assignment.objects.filter(visit=visit).update(during=(shift.ends_at - HOUR, shift.ends_at))
    with pytest.raises(NotToOffer):
        offer_shift(shift.pk, actor=actor_of(one), now=shift.ends_at - timedelta(seconds=30))


def test_shift_nothing_is_planned_in_goes_to_who_could_be_promised_as_well() -> None:
    rules(Approval.COSTLY)
    one, shift, _ = a_giver()
    free = a_free_one()
    a_free_one(skills=())
    a_worker(TOMORROW)  # he works then already, and nobody would stand in for him
    before = PlanVersion.objects.count()
    offer = offer_shift(shift.pk, actor=actor_of(one), now=NOW)
    assert asked(offer) == {free.pk: False}
    assert accept_swap(offer.pk, actor=actor_of(free), now=NOW).state == SwapState.DONE
    assert (shifts_of(one), shifts_of(free)) == ([], [(offer.starts_at, offer.ends_at)])
    assert PlanVersion.objects.count() == before
    assert SwapAsked.objects.get().done == offer.ends_at


def test_shift_nobody_can_take_is_not_offered_at_all() -> None:
    one, shift, _ = a_giver(2)
    with pytest.raises(NobodyCanTake):
        offer_shift(shift.pk, actor=actor_of(one), now=NOW)
    assert not SwapOffer.objects.exists()


def test_shift_with_more_visits_than_anybody_looks_through_is_not_offered() -> None:
    one, shift, [first] = a_giver(1)
    a_free_one()
    for nr in range(MOST_VISITS):
        starts = first.window_from + HOUR + nr * timedelta(minutes=15)
        row = Assignment.objects.get(visit=first)
        row.pk, row.visit, row.during = None, a_visit_at(TOMORROW, starts=2), (starts, starts + timedelta(minutes=15))
        row.save()
    with pytest.raises(NotToOffer):
        offer_shift(shift.pk, actor=actor_of(one), now=NOW)


def test_visit_planned_for_after_midnight_keeps_its_shift_with_its_technician() -> None:
    one, visit = a_technician(NOW, shift=False), a_visit_at(TOMORROW, starts=18, hours=1)
    a_free_one()
    shift = add_shift(one.pk, starts_at=TOMORROW + 12 * HOUR, ends_at=TOMORROW + 21 * HOUR, actor=SYSTEM, now=NOW)
    assign_visit(visit.pk, one.pk, actor=SYSTEM, now=NOW, starts_at=visit.window_from)
    with pytest.raises(NobodyCanTake):
        offer_shift(shift.pk, actor=actor_of(one), now=NOW)


def grown(offer: SwapOffer, one: Technician) -> None:
    given(one, 6)


def absent(offer: SwapOffer, one: Technician) -> None:
    report_absent(one.pk, starts=TOMORROW + 6 * HOUR, ends=TOMORROW + 7 * HOUR, actor=SYSTEM, now=NOW)


def begun(offer: SwapOffer, one: Technician) -> None:
    assert end_old_swaps(now=offer.starts_at - HOUR) == 0
    end_old_swaps(now=offer.starts_at)


@pytest.mark.parametrize("change", [grown, absent, begun])
def test_offer_of_a_shift_ends_when_it_is_no_longer_what_was_offered(change: Callable[[SwapOffer, Technician], None]) -> None:
    one, shift, visits = a_giver(2, 4)
    a_free_one()
    offer = offer_shift(shift.pk, actor=actor_of(one), now=NOW)
    unassign_visit(visits[0].pk, actor=SYSTEM, now=NOW)
    assign_visit(visits[0].pk, one.pk, actor=SYSTEM, now=NOW, starts_at=visits[0].window_from)
    other_day = a_visit(NOW, starts_in=72 * HOUR)
    add_shift(one.pk, starts_at=other_day.window_from, ends_at=other_day.window_to + HOUR, actor=SYSTEM, now=NOW)
    assign_visit(other_day.pk, one.pk, actor=SYSTEM, now=NOW)
    stray = a_visit_at(TOMORROW, starts=5)
    assign_visit(stray.pk, one.pk, actor=SYSTEM, now=NOW)
    unassign_visit(stray.pk, actor=SYSTEM, now=NOW)  # before anybody had heard of it
    do_jobs()
    offer.refresh_from_db()
    assert offer.state == SwapState.OFFERED
    change(offer, one)
    do_jobs()
    offer.refresh_from_db()
    assert offer.state == SwapState.ENDED


def test_who_accepts_takes_no_more_than_he_was_offered_and_gladly_less() -> None:
    rules(Approval.NEVER)
    one, shift, visits = a_giver(2, 4)
    free = a_free_one()
    offer = offer_shift(shift.pk, actor=actor_of(one), now=NOW)
    [extra] = given(one, 6)
    with pytest.raises(SwapUnfit):
        accept_swap(offer.pk, actor=actor_of(free), now=NOW)
    for visit in (extra, visits[0]):
        unassign_visit(visit.pk, actor=SYSTEM, now=NOW)
    assert visits_offered(actor_of(free), [offer]) == visits_offered(DESK, [offer]) == {offer.pk: [visits[1]]}
    assert visits_offered(actor_of(a_free_one()), [offer]) == {}
    accept_swap(offer.pk, actor=actor_of(free), now=NOW)
    assert holders(visits) == {free.pk}


@pytest.mark.parametrize("change", ["dropped", "longer", "earlier"])
def test_shift_that_was_changed_since_is_not_taken(change: str) -> None:
    rules(Approval.NEVER)
    one, shift, _ = a_giver(2)
    free = a_free_one()
    offer = offer_shift(shift.pk, actor=actor_of(one), now=NOW)
    if change == "dropped":
        shift.delete()
    elif change == "longer":
        add_shift(one.pk, starts_at=shift.starts_at, ends_at=shift.ends_at + HOUR, actor=SYSTEM, now=NOW)
    else:
        Shift.objects.filter(pk=shift.pk).update(starts_at=shift.starts_at - HOUR)
    with pytest.raises(SwapUnfit):
        accept_swap(offer.pk, actor=actor_of(free), now=NOW)
    assert shifts_of(free) == []


def test_hours_are_handed_to_nobody_who_works_then() -> None:
    one, shift, _ = a_giver()
    other = a_worker(TOMORROW)
    with pytest.raises(ShiftsOverlap):
        hand_over_hours(one.pk, shift.starts_at, shift.ends_at, to=other.pk, actor=SYSTEM, now=NOW)
    assert Shift.objects.filter(pk=shift.pk).exists()


def test_fifty_who_accept_a_shift_at_once_end_with_one(at_once: AtOnce) -> None:
    rules(Approval.NEVER)
    one, shift, visits = a_giver(2, 4)
    colleagues = [a_free_one() for _ in range(50)]
    offer = offer_shift(shift.pk, actor=actor_of(one), now=NOW)
    assert asked(offer).keys() == {each.pk for each in colleagues}
    before = PlanVersion.objects.count()
    found = at_once(*(partial(accept_swap, offer.pk, actor=actor_of(each), now=NOW) for each in colleagues))
    [won] = [one for one in found if isinstance(one, SwapOffer)]
    assert all(isinstance(each, SwapGone) for each in found if each is not won)
    assert holders(visits) == {won.taker_id}
    assert list(Shift.objects.filter(starts_at__gte=TOMORROW).values_list("technician_id", flat=True)) == [won.taker_id]
    assert PlanVersion.objects.count() == before + 1


def test_colleague_who_accepts_two_shifts_at_once_works_one(at_once: AtOnce) -> None:
    rules(Approval.NEVER)
    givers = [a_giver(2), a_giver(2)]
    free = a_free_one()
    offers = [offer_shift(shift.pk, actor=actor_of(one), now=NOW) for one, shift, _ in givers]
    found = at_once(*(partial(accept_swap, offer.pk, actor=actor_of(free), now=NOW) for offer in offers))
    assert sum(isinstance(one, SwapOffer) for one in found) == 1
    assert len(shifts_of(free)) == 1


def a_crew(*, mate_skills: tuple[str, ...] = ("fibre",)) -> tuple[Technician, Technician, Visit]:
    """Two who go to one visit together; the first leads."""
    lead, mate, visit = a_worker(TOMORROW), a_worker(TOMORROW), a_visit_at(TOMORROW, starts=3)
    JobType.objects.filter(pk=visit.order.job_type_id).update(crew_size=2)
    for seat, who in ((1, lead), (2, mate)):
        assign_visit(visit.pk, who.pk, actor=SYSTEM, now=NOW, starts_at=visit.window_from + HOUR / 2, seat=seat)
    mate.levels.exclude(skill__code__in=mate_skills).delete()
    return lead, mate, visit


def seats(visit: Visit) -> dict[int, int]:
    return dict(Assignment.objects.filter(visit=visit, released_at=None).values_list("seat", "technician_id"))


def test_who_comes_along_hands_his_place_to_anybody_who_is_there_in_time() -> None:
    rules(Approval.NEVER)
    lead, mate, visit = a_crew()
    helper, busy = a_worker(TOMORROW, skills=()), a_worker(TOMORROW)
    given(busy, 3)
    offer = offer_swap(visit.pk, actor=actor_of(mate), now=NOW)
    assert asked(offer).keys() == {helper.pk}
    accept_swap(offer.pk, actor=actor_of(helper), now=NOW)
    assert seats(visit) == {1: lead.pk, 2: helper.pk}
    begins = Assignment.objects.filter(visit=visit, released_at=None).values_list("during", flat=True)
    assert {during.lower for during in begins} == {visit.window_from + HOUR / 2}, "they begin together, as planned"


def test_who_leads_is_followed_by_who_can_lead_or_the_other_one_leads() -> None:
    rules(Approval.NEVER)
    lead, mate, visit = a_crew()
    helper = a_worker(TOMORROW, skills=())
    offer = offer_swap(visit.pk, actor=actor_of(lead), now=NOW)
    assert asked(offer).keys() == {helper.pk}
    accept_swap(offer.pk, actor=actor_of(helper), now=NOW)
    assert seats(visit) == {1: mate.pk, 2: helper.pk}
    assert opens(actor_of(mate), f"visit:{visit.pk}", now=NOW) and opens(actor_of(helper), f"visit:{visit.pk}", now=NOW)
    assert not opens(actor_of(lead), f"visit:{visit.pk}", now=NOW)


def test_crew_none_of_whom_could_lead_is_not_made() -> None:
    rules(Approval.NEVER)
    lead, _, visit = a_crew(mate_skills=())
    a_worker(TOMORROW, skills=())
    with pytest.raises(NobodyCanTake):
        offer_swap(visit.pk, actor=actor_of(lead), now=NOW)
    able = a_worker(TOMORROW)
    offer = offer_swap(visit.pk, actor=actor_of(lead), now=NOW)
    assert asked(offer).keys() == {able.pk}
    accept_swap(offer.pk, actor=actor_of(able), now=NOW)
    assert seats(visit)[1] == able.pk


def test_both_of_a_crew_may_offer_their_places() -> None:
    lead, mate, visit = a_crew()
    a_worker(TOMORROW)
    offers = [offer_swap(visit.pk, actor=actor_of(one), now=NOW) for one in (lead, mate, lead)]
    assert offers[0] == offers[2] != offers[1]


def test_shift_with_a_place_in_a_crew_goes_over_to_nobody_of_that_crew() -> None:
    _, mate, _ = a_crew()
    shift = Shift.objects.get(technician=mate)
    free = a_free_one()
    offer = offer_shift(shift.pk, actor=actor_of(mate), now=NOW)
    assert asked(offer) == {free.pk: False}
