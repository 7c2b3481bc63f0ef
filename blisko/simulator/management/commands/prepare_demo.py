"""manage.py prepare_demo: what an operator sets up once, before the first simulated day."""

from __future__ import annotations

import contextlib
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from blisko.access.queries import declared_permissions
from blisko.access.rules import SYSTEM
from blisko.access.services import issue_api_key, reveal_token
from blisko.accounts.errors import EmailTaken
from blisko.accounts.services import add_user
from blisko.field.services import add_skill
from blisko.kit import clock
from blisko.simulator.rules import jobs
from blisko.visits.services import add_job_type

PEOPLE = (("admin@blisko.example", "Alicja Wrona", "admin"), ("dispatcher@blisko.example", "Daria Lis", "dispatcher"))


class Command(BaseCommand):
    """Adds people, skills and job types that are not there yet, and prints an API token for the simulator."""

    help = "Prepare a platform for simulated days: an administrator, a dispatcher, job types; prints the simulator's new API token."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--password", required=True, help="what the administrator and the dispatcher sign in with")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        for email, name, role in PEOPLE:
            with contextlib.suppress(EmailTaken):
                add_user(actor=SYSTEM, now=now, email=email, name=name, roles=[role], password=options["password"])
        for code, names in jobs.SKILLS.items():
            add_skill(code, names, actor=SYSTEM, now=now)
        for job in jobs.JOBS:
            add_job_type(
                job.code,
                job.names,
                minutes=job.minutes,
                skills=job.skills,
                kit=[{"part": part, "count": count} for part, count in job.kit],
                checklist=job.checklist,
                actor=SYSTEM,
                now=now,
            )
        key = issue_api_key("simulator", tuple(declared_permissions()), actor=SYSTEM, now=now)
        self.stdout.write(reveal_token(key.pk))
