from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from blisko.access.errors import Forbidden
from blisko.access.rules import SYSTEM
from blisko.accounts.tests.make import an_actor
from blisko.visits.errors import BadPlanning
from blisko.visits.models import JobType
from blisko.visits.rules import Priority
from blisko.visits.services import add_job_type

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_job_type_that_is_there_stays_as_an_admin_left_it() -> None:
    first = add_job_type("repair", {"en": "Repair"}, actor=SYSTEM, now=NOW, minutes=45, skills=["fibre"])
    again = add_job_type("repair", {"en": "Other"}, actor=SYSTEM, now=NOW, minutes=10)
    assert again == first
    assert (again.names, again.minutes) == ({"en": "Repair"}, 45)


def test_dispatcher_may_not_add_a_job_type() -> None:
    with pytest.raises(Forbidden):
        add_job_type("repair", {"en": "Repair"}, actor=an_actor("dispatcher"), now=NOW, minutes=45)


def test_job_type_asks_for_every_skill_at_its_least_level() -> None:
    more = {"levels": {"fibre": 2, "roof": 3}, "tools": ["ladder"], "crew_size": 2, "priority": Priority.HIGH}
    kind = add_job_type("mast", {"en": "Mast"}, actor=SYSTEM, now=NOW, minutes=90, skills=["fibre", "tv"], **more)  # type: ignore[arg-type]
    assert kind.wanted_levels == {"fibre": 2, "tv": 1, "roof": 3}
    assert (kind.tools, kind.crew_size, kind.priority) == (["ladder"], 2, "high")
    with pytest.raises(BadPlanning):
        add_job_type("crowd", {"en": "Crowd"}, actor=SYSTEM, now=NOW, minutes=90, crew_size=3)


def test_admin_saves_only_levels_the_planner_can_read() -> None:
    JobType(code="a", levels={"fibre": 3}).clean()
    for wrong in ({"fibre": 4}, {"fibre": "2"}, ["fibre"]):
        with pytest.raises(ValidationError):
            JobType(code="a", levels=wrong).clean()
