"""What a technician found out that the next visit needs, and that visit asks for it (F7, F10)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from blisko.access.rules import SYSTEM
from blisko.visits.errors import BadNeeds
from blisko.visits.models import JobType, Visit, VisitRequest
from blisko.visits.queries import needs_again
from blisko.visits.rules import NeedReason, RequestState, most_of
from blisko.visits.services import arrive, book_again, book_follow_up, need_another
from blisko.visits.tests.make import a_job_type, a_visit

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TOMORROW = {"window_from": NOW + timedelta(days=1), "window_to": NOW + timedelta(days=1, hours=2)}
ONT = {"part": "ONT", "count": 1}
pytestmark = pytest.mark.django_db


def a_visit_under_way() -> Visit:
    a_job_type()
    JobType.objects.update(levels={"fibre": 2}, kit=[{"part": "RJ45", "count": 2}])
    visit = a_visit(NOW)
    arrive(visit.pk, actor=SYSTEM, now=NOW)
    return visit


def test_follow_up_asks_for_what_the_visit_before_found_out() -> None:
    visit = a_visit_under_way()
    need_another(visit.pk, actor=SYSTEM, now=NOW, note="ONT broken", cause=NeedReason.PART, skills={"fibre": 3, "roof": 1}, parts=[ONT])
    [request] = VisitRequest.objects.all()
    assert (request.cause, request.text, request.more_parts) == ("part", "ONT broken", [ONT])
    assert needs_again(visit.order_id) == ({"fibre": 3, "roof": 1}, [ONT])
    another = Visit.objects.get(pk=book_follow_up(request.pk, actor=SYSTEM, now=NOW, **TOMORROW).pk)
    assert another.wanted_levels == {"fibre": 3, "roof": 1}
    assert another.kit == [{"part": "RJ45", "count": 2}, ONT]
    assert needs_again(visit.order_id) == ({}, [])
    assert visit.kit == [{"part": "RJ45", "count": 2}] and visit.wanted_levels == {"fibre": 2}


def test_customer_who_books_the_next_visit_himself_gets_one_that_asks_for_the_same() -> None:
    visit = a_visit_under_way()
    need_another(visit.pk, actor=SYSTEM, now=NOW, cause=NeedReason.SKILL, skills={"tv": 2})
    another = Visit.objects.get(pk=book_again(visit.pk, actor=SYSTEM, now=NOW, **TOMORROW).pk)
    assert another.wanted_levels == {"fibre": 2, "tv": 2}
    assert VisitRequest.objects.get().state == RequestState.BOOKED


def test_what_nobody_can_read_is_refused_and_the_visit_goes_on() -> None:
    visit = a_visit_under_way()
    bad: list[dict[str, Any]] = [
        {"cause": "weather"}, {"skills": {"fibre": 4}}, {"parts": [{"part": "ONT"}]}, {"parts": [{"count": 1}]},
        {"parts": [{"part": "ONT", "count": 0}]}, {"parts": [{"part": "ONT", "count": 100}]},
    ]  # fmt: skip
    for more in bad:
        with pytest.raises(BadNeeds):
            need_another(visit.pk, actor=SYSTEM, now=NOW, **more)
    visit.refresh_from_db()
    assert visit.state == "on_site"
    assert most_of() == {}
