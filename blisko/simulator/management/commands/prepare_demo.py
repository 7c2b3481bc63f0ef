"""manage.py prepare_demo: what an operator sets up once, before the first simulated day."""

from __future__ import annotations

import contextlib
from datetime import datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from blisko.access.queries import declared_permissions
from blisko.access.rules import SYSTEM
from blisko.access.services import issue_api_key, reveal_token
from blisko.accounts.errors import EmailTaken
from blisko.accounts.services import add_user
from blisko.field.queries import regions_for
from blisko.field.rules import DailyBreak
from blisko.field.services import add_part, add_skill, add_tool, set_region, set_team, set_zone
from blisko.kit import clock
from blisko.simulator.rules import ground, jobs
from blisko.visits.rules import Priority
from blisko.visits.services import add_job_type

PEOPLE = (("admin@blisko.example", "Alicja Wrona", "admin"), ("dispatcher@blisko.example", "Daria Lis", "dispatcher"))


class Command(BaseCommand):
    """Adds people, skills, job types, parts, tools and the ground that are not there yet, and prints an API token for the simulator."""

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
        for code, names in jobs.TOOLS.items():
            add_tool(code, names, actor=SYSTEM, now=now)
        for code, names in jobs.PARTS.items():
            add_part(code, names, actor=SYSTEM, now=now)
        if ground.REGION[0] not in {region.code for region in regions_for(SYSTEM)}:
            _lay_ground(now)
        for job in jobs.JOBS:
            add_job_type(
                job.code,
                job.names,
                minutes=job.minutes,
                skills=job.skills,
                kit=[{"part": part, "count": count} for part, count in job.kit],
                checklist=job.checklist,
                levels=dict(job.levels),
                tools=job.tools,
                crew_size=job.crew,
                priority=Priority(job.priority),
                actor=SYSTEM,
                now=now,
            )
        key = issue_api_key("simulator", tuple(declared_permissions()), actor=SYSTEM, now=now)
        self.stdout.write(reveal_token(key.pk))


def _lay_ground(now: datetime) -> None:
    region, name = ground.REGION
    set_region(region, name=name, actor=SYSTEM, now=now)
    for code, name, postcodes in ground.ZONES:
        set_zone(code, name=name, region=region, postcodes=postcodes, actor=SYSTEM, now=now)
    lunch = [DailyBreak(time(11), time(13, 30), 30)]
    code, name = ground.TEAM
    set_team(code, name=name, region=region, overtime_minutes=ground.OVERTIME, breaks=lunch, actor=SYSTEM, now=now)
