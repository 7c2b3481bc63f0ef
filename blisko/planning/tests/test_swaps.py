"""A technician hands a visit to a colleague: who is asked, who gets it, and what becomes of keys, promises and offers (F14)."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from blisko.access.errors import Forbidden
from blisko.access.rules import SYSTEM
from blisko.access.services import run_retention
from blisko.accounts.tests.make import an_actor
from blisko.field.models import Technician
from blisko.field.services import add_shift
from blisko.field.tests.make import actor_of
from blisko.kit.errors import WrongMoment
from blisko.kit.tests.at_once import AtOnce
from blisko.planning.errors import NobodyCanTake, NoSuchSwap, NotToOffer, SwapGone, SwapUnfit
from blisko.planning.events import VisitReleased
from blisko.planning.handlers import (
    end_swap_of_what_began,
    end_swap_of_what_was_cancelled,
    end_swap_of_what_was_moved,
    end_swap_of_what_was_taken,
)
from blisko.planning.models import Assignment, PlanVersion, SwapAsked, SwapOffer, Told
from blisko.planning.queries import assignment_of, open_swap_of, swaps_asked_of, swaps_of, swaps_to_approve
from blisko.planning.rules.swaps import Approval, SwapState
from blisko.planning.services import (
    accept_swap,
    approve_swap,
    assign_visit,
    change_swap_rules,
    decline_swap,
    end_old_swaps,
    offer_swap,
    pass_swap,
    unassign_visit,
    withdraw_swap,
)
from blisko.planning.services.swaps import end_swaps_of
from blisko.planning.tests.make import HOUR, a_visit_at, a_worker
from blisko.visits.errors import NoSuchVisit
from blisko.visits.events import TechnicianSetOut, VisitCancelled, VisitMoved
from blisko.visits.models import Visit
from blisko.visits.queries import visit_for
from blisko.visits.services import set_out

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
DESK = an_actor("dispatcher", "user:7")
BOSS = an_actor("manager", "user:8")
pytestmark = pytest.mark.django_db


def rules(approval: Approval, minutes: int = 15, rest: int = 11) -> None:
    change_swap_rules(approval=approval, minutes=minutes, rest_hours=rest, actor=BOSS, now=NOW)


def a_day(colleagues: int = 1) -> tuple[Technician, Visit, list[Technician]]:
    """Somebody with one visit, and colleagues who live nearby and have nothing to do."""
    one, visit = a_worker(NOW), a_visit_at(NOW, starts=3)
    assign_visit(visit.pk, one.pk, actor=SYSTEM, now=NOW, starts_at=visit.window_from)
    return one, visit, [a_worker(NOW, north=0.01) for _ in range(colleagues)]


def asked(offer: SwapOffer) -> set[int]:
    return set(offer.asked.values_list("technician_id", flat=True))


def test_only_who_has_the_skills_the_time_and_the_rest_is_asked() -> None:
    one, visit, [free] = a_day()
    a_worker(NOW, skills=())
    a_worker(NOW, begins=7, hours=2)
    tired, rested = a_worker(NOW, north=0.02), a_worker(NOW, north=0.02)
    for who, hours in ((tired, 10), (rested, 11)):
        starts = NOW + (9 + hours) * HOUR
        add_shift(who.pk, starts_at=starts, ends_at=starts + 8 * HOUR, actor=SYSTEM, now=NOW)
    offer = offer_swap(visit.pk, actor=actor_of(one), now=NOW, note="My child is ill.")
    assert asked(offer) == {free.pk, rested.pk}
    assert offer_swap(visit.pk, actor=actor_of(one), now=NOW) == offer
    [mine] = swaps_asked_of(actor_of(free))
    assert (mine.was_done, mine.done, mine.later) == (None, visit.window_from + timedelta(minutes=visit.minutes), 0)
    assert list(swaps_asked_of(actor_of(tired))) == []
    assert list(swaps_of(actor_of(one), now=NOW)) == [offer]
    assert open_swap_of(actor_of(one), visit.pk) == offer and open_swap_of(actor_of(free), visit.pk) is None
    with pytest.raises(NoSuchSwap):
        accept_swap(offer.pk, actor=actor_of(tired), now=NOW)


def test_first_who_accepts_has_it_and_the_key_goes_with_it() -> None:
    rules(Approval.NEVER)
    one, visit, [free, other] = a_day(2)
    offer = offer_swap(visit.pk, actor=actor_of(one), now=NOW)
    for _ in range(2):
        assert accept_swap(offer.pk, actor=actor_of(free), now=NOW).state == SwapState.DONE
    with pytest.raises(SwapGone):
        accept_swap(offer.pk, actor=actor_of(other), now=NOW)
    held = assignment_of(visit.pk)
    assert held is not None and held.technician_id == free.pk
    assert visit_for(actor_of(free), visit.pk, now=NOW) == visit
    with pytest.raises(NoSuchVisit):
        visit_for(actor_of(one), visit.pk, now=NOW)
    assert list(swaps_asked_of(actor_of(other))) == []


def test_swap_waits_for_a_dispatcher_who_sees_what_it_costs() -> None:
    rules(Approval.ALWAYS)
    one, visit, [free] = a_day()
    Told.objects.create(visit=visit, technician=one, told_from=visit.window_from, told_to=visit.window_to, at=NOW, key="told")
    offer = offer_swap(visit.pk, actor=actor_of(one), now=NOW)
    assert accept_swap(offer.pk, actor=actor_of(free), now=NOW).state == SwapState.ACCEPTED
    held = assignment_of(visit.pk)
    assert held is not None and held.technician_id == one.pk
    [(waiting, cost)] = swaps_to_approve(DESK)
    assert (waiting, cost.technician_id, cost.told) == (offer, free.pk, True)
    assert [one.offer_id for one in swaps_asked_of(actor_of(free))] == [offer.pk]
    for wrong in (swaps_to_approve, partial(approve_swap, offer.pk, now=NOW), partial(decline_swap, offer.pk, now=NOW)):
        with pytest.raises(Forbidden):
            wrong(actor=actor_of(free))
    approve_swap(offer.pk, actor=DESK, now=NOW)
    held = assignment_of(visit.pk)
    assert held is not None and held.technician_id == free.pk
    assert swaps_to_approve(DESK) == []
    with pytest.raises(SwapGone):
        approve_swap(offer.pk, actor=DESK, now=NOW)
    with pytest.raises(NoSuchSwap):
        approve_swap(offer.pk + 1, actor=DESK, now=NOW)


def test_declined_withdrawn_and_passed_offers_leave_the_visit_where_it_is() -> None:
    rules(Approval.ALWAYS)
    one, visit, [free, other] = a_day(2)
    offer = offer_swap(visit.pk, actor=actor_of(one), now=NOW)
    pass_swap(offer.pk, actor=actor_of(other), now=NOW)
    assert list(swaps_asked_of(actor_of(other))) == []
    accept_swap(offer.pk, actor=actor_of(free), now=NOW)
    decline_swap(offer.pk, actor=DESK, now=NOW, why="He is needed elsewhere.")
    again = offer_swap(visit.pk, actor=actor_of(one), now=NOW)
    assert again != offer
    with pytest.raises(NoSuchSwap):
        withdraw_swap(again.pk, actor=actor_of(free), now=NOW)
    withdraw_swap(again.pk, actor=actor_of(one), now=NOW)
    with pytest.raises(WrongMoment):
        withdraw_swap(again.pk, actor=actor_of(one), now=NOW)
    assert set(SwapOffer.objects.values_list("state", flat=True)) == {SwapState.DECLINED, SwapState.WITHDRAWN}
    held = assignment_of(visit.pk)
    assert held is not None and held.technician_id == one.pk


def test_day_that_went_on_is_looked_at_anew() -> None:
    rules(Approval.ALWAYS)
    one, visit, [free] = a_day()
    offer = offer_swap(visit.pk, actor=actor_of(one), now=NOW)
    accept_swap(offer.pk, actor=actor_of(free), now=NOW)
    for hour in (3, 4, 5):
        busy = a_visit_at(NOW, starts=hour, hours=0.25)
        assign_visit(busy.pk, free.pk, actor=SYSTEM, now=NOW, starts_at=busy.window_from)
    with pytest.raises(SwapUnfit):
        approve_swap(offer.pk, actor=DESK, now=NOW)
    offer.refresh_from_db()
    assert offer.state == SwapState.ACCEPTED
    unassign_visit(visit.pk, actor=DESK, now=NOW)
    with pytest.raises(SwapUnfit):
        approve_swap(offer.pk, actor=DESK, now=NOW)
    set_out(visit.pk, actor=SYSTEM, now=NOW)
    with pytest.raises(SwapUnfit):
        approve_swap(offer.pk, actor=DESK, now=NOW)


def test_only_an_own_visit_that_has_not_begun_is_offered() -> None:
    one, visit, [free] = a_day()
    with pytest.raises(NoSuchVisit):
        offer_swap(visit.pk, actor=actor_of(free), now=NOW)
    set_out(visit.pk, actor=actor_of(one), now=NOW)
    with pytest.raises(NotToOffer):
        offer_swap(visit.pk, actor=actor_of(one), now=NOW)


def test_visit_nobody_can_take_is_not_offered_at_all() -> None:
    one, visit, _ = a_day(0)
    with pytest.raises(NobodyCanTake):
        offer_swap(visit.pk, actor=actor_of(one), now=NOW)
    assert not SwapOffer.objects.exists()


def test_offer_ends_with_what_it_offered() -> None:
    one, visit, _ = a_day()
    for ends in (
        lambda: end_swap_of_what_began(TechnicianSetOut(visit.pk, NOW)),
        lambda: end_swap_of_what_was_moved(VisitMoved(visit.pk, visit.window_from, visit.window_to, NOW)),
        lambda: end_swap_of_what_was_cancelled(VisitCancelled(visit.pk, False, "other", NOW)),
        lambda: end_swap_of_what_was_taken(VisitReleased(visit.pk, one.pk, NOW)),
        lambda: end_old_swaps(now=visit.window_from),
    ):
        offer = offer_swap(visit.pk, actor=actor_of(one), now=NOW)
        end_swaps_of(visit.pk, technician_id=one.pk + 1, now=NOW)
        end_swaps_of(visit.pk, now=NOW - HOUR)
        assert end_old_swaps(now=visit.window_from - HOUR) == 0
        assert open_swap_of(actor_of(one), visit.pk) == offer
        ends()
        assert open_swap_of(actor_of(one), visit.pk) is None
    assert run_retention(now=NOW + timedelta(days=366))["planning.swaps"] > 0
    assert not SwapAsked.objects.exists()


def test_fifty_who_accept_at_once_end_with_one(at_once: AtOnce) -> None:
    rules(Approval.NEVER)
    one, visit, colleagues = a_day(50)
    offer = offer_swap(visit.pk, actor=actor_of(one), now=NOW)
    assert asked(offer) == {each.pk for each in colleagues}
    actors = [actor_of(each) for each in colleagues]
    before = PlanVersion.objects.count()
    found = at_once(*(partial(accept_swap, offer.pk, actor=each, now=NOW) for each in actors))
    won = [one for one in found if isinstance(one, SwapOffer)]
    assert len(won) == 1 and all(isinstance(each, SwapGone) for each in found if each is not won[0])
    [held] = Assignment.objects.filter(visit=visit, released_at=None)
    assert held.technician_id == won[0].taker_id
    assert PlanVersion.objects.count() == before + 1


def test_who_may_change_the_rules_of_swaps() -> None:
    with pytest.raises(Forbidden):
        change_swap_rules(approval=Approval.NEVER, minutes=1, rest_hours=1, actor=DESK, now=NOW)
