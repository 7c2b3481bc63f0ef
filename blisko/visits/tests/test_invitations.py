"""A customer who is asked to choose: promised nothing until a window is, and then like any booked visit (O5)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from blisko.access.errors import Forbidden
from blisko.access.rules import SYSTEM
from blisko.accounts.tests.make import an_actor
from blisko.customers.tests.make import a_site
from blisko.visits.errors import BadInvitation, NumberTaken
from blisko.visits.models import JobType, Visit
from blisko.visits.queries import invited, visits_between
from blisko.visits.rules import Priority, VisitState
from blisko.visits.services import invite_customer, move_visit
from blisko.visits.tests.make import a_job_type

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def an_invitation(**more: Any) -> Visit:
    a_job_type()
    wanted = {"site_id": a_site(NOW).pk, "job_type": "fibre-repair", "choose_until": NOW + 7 * DAY, **more}
    return invite_customer(actor=SYSTEM, now=NOW, **wanted)


def test_first_window_books_it_and_the_next_one_moves_it() -> None:
    visit = an_invitation(minutes=45, priority=Priority.HIGH, number="X7")
    assert (visit.number, visit.minutes, visit.priority, visit.is_promised) == ("X7", 45, "high", False)
    assert list(invited(SYSTEM)) == [visit]
    assert not visits_between(SYSTEM, NOW - DAY, NOW + 9 * DAY).exists()
    for days in (1, 2):
        begins = NOW + days * DAY
        booked = move_visit(visit.pk, window_from=begins, window_to=begins + DAY / 12, actor=SYSTEM, now=NOW)
        assert (booked.state, booked.window_from, booked.is_promised) == (VisitState.BOOKED, begins, True)
    assert list(visits_between(SYSTEM, NOW - DAY, NOW + 9 * DAY)) == [booked]
    assert not invited(SYSTEM).exists()


@pytest.mark.parametrize("until", [NOW, NOW - DAY, NOW + 91 * DAY])
def test_time_to_choose_lies_ahead_and_within_a_quarter(until: datetime) -> None:
    with pytest.raises(BadInvitation):
        an_invitation(choose_until=until)
    assert not Visit.objects.exists()


def test_who_may_not_book_a_job_for_two_and_a_taken_number_are_refused() -> None:
    an_invitation(number="X1")
    with pytest.raises(NumberTaken):
        an_invitation(number="X1")
    JobType.objects.update(crew_size=2)
    with pytest.raises(BadInvitation):
        an_invitation()
    with pytest.raises(Forbidden):
        invite_customer(actor=an_actor("technician"), now=NOW, site_id=a_site(NOW).pk, job_type="fibre-repair", choose_until=NOW + DAY)
    assert Visit.objects.count() == 1
