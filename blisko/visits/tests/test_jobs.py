from datetime import UTC, datetime

import pytest

from blisko.access.errors import Forbidden
from blisko.access.rules import SYSTEM
from blisko.accounts.tests.make import an_actor
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
