"""Slots against the real calendars: offered to whoever may ask, changed when the plan or the shifts change (O5)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from blisko.access.errors import Forbidden
from blisko.access.queries import actor_by_token
from blisko.access.rules import SYSTEM, KeyKind
from blisko.access.services import give_token, reveal_token
from blisko.accounts.tests.make import an_actor
from blisko.customers.tests.make import a_site
from blisko.field.models import Shift
from blisko.field.services import add_shift, drop_shift
from blisko.field.tests.make import actor_of
from blisko.planning.models import Wish
from blisko.planning.queries import offer_new_slots, offer_slots
from blisko.planning.queries.problems import day_at
from blisko.planning.queries.slots import Slot
from blisko.planning.queries.standing import forget_standing
from blisko.planning.rules.wishes import WishKind
from blisko.planning.services import assign_visit
from blisko.planning.tests.make import HOUR, LAT, LON, a_visit_at, a_worker
from blisko.visits.errors import NoSuchVisit
from blisko.visits.models import JobType
from blisko.visits.tests.make import a_job_type

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # six in the morning
DAY = day_at(NOW)
ME = an_actor("agent", "user:7")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    forget_standing()
    a_job_type()
    yield
    forget_standing()


def hours(slots: list[Slot]) -> list[int]:
    return sorted(round((slot.starts - NOW) / HOUR) for slot in slots)


def offered(place: float = 0.0, *, days: int = 1, now: datetime = NOW) -> list[Slot]:
    site = a_site(NOW, lat=LAT + place, lon=LON)
    return offer_new_slots(ME, site.pk, "fibre-repair", [DAY + timedelta(days=each) for each in range(days)], now=now)


def test_free_day_offers_every_window_of_the_shift_and_the_nearest_first() -> None:
    near, far = a_worker(NOW, begins=24), a_worker(NOW, begins=48, north=0.3)
    slots = offered(days=3)
    assert hours(slots) == [26, 28, 30, 32, 50, 52, 54]
    assert {slot.technician_id for slot in slots[:4]} == {near.pk}
    assert {slot.technician_id for slot in slots[4:]} == {far.pk}
    assert (slots[0].nearby, slots[4].nearby) == (True, False)
    assert slots[0].detour <= slots[-1].detour


def test_what_is_planned_is_not_offered_twice_and_what_is_freed_is_offered_again() -> None:
    worker = a_worker(NOW, hours=3)
    assert hours(offered()) == [2]
    visit = a_visit_at(NOW, starts=2)
    assign_visit(visit.pk, worker.pk, actor=SYSTEM, now=NOW, starts_at=NOW + 2 * HOUR)
    assert hours(offered()) == []
    mine = offer_slots(ME, visit.pk, [DAY], now=NOW)
    assert hours(mine) == [2]  # one's own place is free to oneself


def test_shift_that_comes_or_goes_changes_the_offer_at_once() -> None:
    worker = a_worker(NOW, hours=4)
    assert hours(offered()) == [2]
    add_shift(worker.pk, starts_at=NOW, ends_at=NOW + 8 * HOUR, actor=SYSTEM, now=NOW)
    assert hours(offered()) == [2, 4, 6]
    drop_shift(Shift.objects.get().pk, actor=SYSTEM, now=NOW)
    assert offered() == []


def test_day_that_goes_on_offers_what_is_left_of_it_and_yesterday_nothing() -> None:
    a_worker(NOW)
    assert hours(offered(now=NOW + 5 * HOUR)) == [4, 6, 8]
    assert offered(now=NOW + 26 * HOUR) == []


def test_customer_moves_by_the_link_and_a_stranger_does_not() -> None:
    worker = a_worker(NOW, begins=24)
    visit = a_visit_at(NOW, starts=26)
    tomorrow = [DAY + timedelta(days=1)]
    key = give_token(KeyKind.LINK, holder="customer:1", opens=f"visit:{visit.pk}", by=SYSTEM, now=NOW)
    link = actor_by_token(reveal_token(key.pk), kind=KeyKind.LINK, now=NOW)
    assert hours(offer_slots(link, visit.pk, tomorrow, now=NOW)) == [26, 28, 30, 32]
    with pytest.raises(NoSuchVisit):
        offer_slots(actor_of(worker), visit.pk, tomorrow, now=NOW)
    with pytest.raises(Forbidden):
        offer_new_slots(actor_of(worker), visit.order.site_id, "fibre-repair", tomorrow, now=NOW)
    Wish.objects.create(visit=visit, technician=worker, kind=WishKind.NEVER, at=NOW, by="user:7")
    assert offer_slots(link, visit.pk, tomorrow, now=NOW) == []


def test_job_for_two_and_one_nobody_is_able_to_do_are_not_offered() -> None:
    a_worker(NOW, skills=())
    assert offered() == []
    a_worker(NOW)
    assert offered() != []
    JobType.objects.update(crew_size=2)
    assert offered() == []


def test_place_nobody_knows_is_offered_with_a_guess() -> None:
    a_worker(NOW)
    site = a_site(NOW, lat=None, lon=None)
    slots = offer_new_slots(ME, site.pk, "fibre-repair", [DAY], now=NOW)
    assert {slot.detour for slot in slots} == {timedelta(minutes=40)}
