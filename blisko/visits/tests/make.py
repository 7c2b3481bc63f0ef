"""Plain factory functions for tests."""

from datetime import datetime, timedelta

from blisko.access.queries import actor_by_token
from blisko.access.rules import SYSTEM, Actor, KeyKind
from blisko.access.services import give_token, reveal_token
from blisko.customers.models import Site
from blisko.customers.tests.make import a_site
from blisko.visits.models import JobType, Visit
from blisko.visits.services import book_visit


def a_job_type(code: str = "fibre-repair", skills: tuple[str, ...] = ("fibre",)) -> JobType:
    names = {"en": "Fibre repair", "pl": "Naprawa światłowodu", "hu": "Optikai hálózat javítása"}
    return JobType.objects.get_or_create(code=code, defaults={"names": names, "minutes": 60, "skills": list(skills)})[0]


def a_visit(
    now: datetime, site: Site | None = None, *, starts_in: timedelta = timedelta(hours=2), hours: float = 2, job_type: str = "fibre-repair"
) -> Visit:
    a_job_type(job_type)
    site = site or a_site(now)
    start = now + starts_in
    return book_visit(
        actor=SYSTEM, now=now, site_id=site.pk, job_type=job_type, window_from=start, window_to=start + timedelta(hours=hours)
    )


def a_link_to(visit: Visit, now: datetime) -> Actor:
    """The customer of a visit as he comes through his link."""
    key = give_token(KeyKind.LINK, holder="customer:1", opens=f"visit:{visit.pk}", by=SYSTEM, now=now)
    return actor_by_token(reveal_token(key.pk), kind=KeyKind.LINK, now=now)
