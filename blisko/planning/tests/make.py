"""Plain factory functions for tests: small days."""

from datetime import datetime, timedelta

from blisko.access.rules import SYSTEM
from blisko.customers.tests.make import a_site
from blisko.field.models import Home, Technician
from blisko.field.services import add_shift
from blisko.field.tests.make import a_technician
from blisko.planning.adapters.greedy import GreedySolver
from blisko.planning.queries.problems import Draft
from blisko.planning.rules.problem import Plan
from blisko.visits.models import Visit
from blisko.visits.tests.make import a_visit

LAT, LON = 52.0, 19.2
HOUR = timedelta(hours=1)


def a_worker(now: datetime, *, begins: int = 0, hours: int = 9, north: float = 0.0, skills: tuple[str, ...] = ("fibre",)) -> Technician:
    """A technician who lives `north` degrees of Blisków and works from `begins` hours after `now` on."""
    technician = a_technician(now, shift=False, skills=skills)
    Home.objects.create(technician=technician, lat=LAT + north, lon=LON)
    starts = now + begins * HOUR
    add_shift(technician.pk, starts_at=starts, ends_at=starts + hours * HOUR, actor=SYSTEM, now=now)
    return technician


def a_visit_at(now: datetime, *, north: float = 0.0, starts: float = 2, hours: float = 2) -> Visit:
    """A visit `north` degrees of Blisków whose window begins `starts` hours after `now`."""
    return a_visit(now, a_site(now, lat=LAT + north, lon=LON), starts_in=starts * HOUR, hours=hours)


def a_plan(draft: Draft) -> Plan:
    """What the small planner makes of a day."""
    return GreedySolver().solve(draft.problem, seconds=1)
