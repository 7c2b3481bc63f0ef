"""What an operator sets up once, before the first simulated day."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from blisko.access.rules import SYSTEM
from blisko.field.queries import breaks_of, places_of, regions_of, shifts_between, teams_for
from blisko.field.services import set_team
from blisko.field.tests.make import a_technician
from blisko.simulator.rules import jobs
from blisko.simulator.rules.ground import TEAM
from blisko.visits.queries import job_types

MORNING = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_demo_is_prepared_with_levels_crews_a_region_and_lunch_and_a_second_time_changes_nothing() -> None:
    told = StringIO()
    call_command("prepare_demo", password="a long password", stdout=told)
    assert len(told.getvalue().split()) == 1
    kinds = {kind.code: kind for kind in job_types()}
    for job in jobs.JOBS:
        kind = kinds[job.code]
        assert (kind.wanted_levels, tuple(kind.tools), kind.crew_size, kind.priority) == (job.wanted, job.tools, job.crew, job.priority)
    one = a_technician(MORNING, team=TEAM[0])
    assert (places_of(["99-400"])["99-400"].zone, regions_of([one.pk])) == ("town", {one.pk: "bliskow"})
    (shift,) = shifts_between(SYSTEM, MORNING, MORNING + timedelta(hours=1))
    assert (shift.overtime, [pause.minutes for pause in breaks_of([shift])[shift.pk]]) == (30, [30])
    set_team(TEAM[0], name="Ours", actor=SYSTEM, now=MORNING)
    call_command("prepare_demo", password="a long password", stdout=told)
    assert [team.name for team in teams_for(SYSTEM)] == ["Ours"]
