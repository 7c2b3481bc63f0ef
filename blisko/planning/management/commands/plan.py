from dataclasses import fields
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from blisko.access.rules import SYSTEM
from blisko.kit import clock
from blisko.kit.errors import Refusal
from blisko.kit.telling import told
from blisko.planning.queries import plan_run_for
from blisko.planning.rules.terms import Terms
from blisko.planning.services import start_plan_run, work_plan_run


class Command(BaseCommand):
    help = "Plan one day of one region, here and now, and tell what came of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, required=True, help="2026-11-24")
        parser.add_argument("--region", default="", help="its code; without one, whoever and whatever belongs to no region")
        parser.add_argument("--seconds", type=int, default=None, help="how long to look for a better plan")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        try:
            run = start_plan_run(options["day"], region=options["region"], seconds=options["seconds"], actor=SYSTEM, now=now, queued=False)
        except Refusal as no:
            raise CommandError(told(str(no.words), no.details)) from None
        work_plan_run(run.pk, now=now)
        done = plan_run_for(SYSTEM, run.pk)
        after = done.version.after if done.version else {}
        said = ", ".join(f"{one.name} {after[one.name]}" for one in fields(Terms) if after) or "nothing to change"
        self.stdout.write(f"{done.state}: {said}")
