"""Plain factory functions for tests."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from blisko.access.queries import actor_by_token
from blisko.access.rules import SYSTEM, Actor, KeyKind
from blisko.access.services import reveal_token
from blisko.customers.tests.make import a_customer, a_site
from blisko.field.models import Technician
from blisko.field.tests.make import a_technician, actor_of, let_work
from blisko.live.models import Fix
from blisko.live.rules.provisioning import App
from blisko.live.services import issue_device
from blisko.live.services.links import link_for
from blisko.planning.services import assign_visit
from blisko.visits.models import Visit
from blisko.visits.tests.make import a_visit

HOME = (52.0, 19.2)
START = (52.03, 19.24)
HALFWAY = (52.015, 19.22)


@dataclass(frozen=True)
class LinkStory:
    """A visit that somebody does, and the customer's link to it."""

    visit: Visit
    technician: Technician
    token: str

    @property
    def path(self) -> str:
        return f"/v/{self.token}"

    def technician_actor(self) -> Actor:
        return actor_of(self.technician)

    def link_actor(self, now: datetime) -> Actor:
        return actor_by_token(self.token, kind=KeyKind.LINK, now=now)


def a_link(
    now: datetime, *, language: str = "en", starts_in: timedelta = timedelta(minutes=30), assigned: bool = True, name: str = "Jan Kowalski"
) -> LinkStory:
    """Answer a booked visit with a technician on shift, and its link."""
    site = a_site(now, a_customer(now, language=language), lat=HOME[0], lon=HOME[1])
    visit = a_visit(now, site, starts_in=starts_in)
    technician = a_technician(now, name=name)
    let_work(technician, visit.window_from, visit.window_to + timedelta(hours=4), now=now)
    if assigned:
        assign_visit(visit.pk, technician.pk, actor=SYSTEM, now=now)
    return LinkStory(visit, technician, reveal_token(link_for(visit.pk, now=now).pk))


def a_fix(technician: Technician, at: datetime, place: tuple[float, float]) -> Fix:
    """Answer a position as the telephone's process keeps it."""
    device = issue_device(technician.pk, App.TRACCAR, actor=actor_of(technician), now=at).device
    return Fix.objects.create(
        device=device, fix_time=at, lat=place[0], lon=place[1], received_at=at, source="test", accuracy=8, heading=120, mock=False
    )
