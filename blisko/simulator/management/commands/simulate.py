"""manage.py simulate: play a day at an operator through the platform's public doors."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import signal
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from blisko.kit import clock, runner
from blisko.simulator.adapters.doors import HttpDoors
from blisko.simulator.rules.day import plan_day
from blisko.simulator.rules.stars import STARS
from blisko.simulator.services.atlas import Atlas, atlas_of
from blisko.simulator.services.play import Play
from blisko.simulator.services.report import Report
from blisko.simulator.services.stars import Stars
from blisko.simulator.services.telephone import until

EVERY = 10.0  # seconds between two lines


class Command(BaseCommand):
    """Plays one day and tells what the platform acknowledged."""

    help = "Play a simulated day: technicians drive, phones report, customers open links and answer."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default=settings.BLISKO_PUBLIC_URL, help="the platform's pages")
        parser.add_argument("--token", default=os.environ.get("BLISKO_SIMULATOR_TOKEN", ""), help="API token (BLISKO_SIMULATOR_TOKEN)")
        parser.add_argument("--password", default=os.environ.get("BLISKO_SIMULATOR_PASSWORD", ""), help="what technicians sign in with")
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--technicians", type=int, default=12)
        parser.add_argument("--visits", type=int, default=60)
        parser.add_argument(
            "--begins", type=datetime.fromisoformat, help="ISO time; now on the platform's clock (BLISKO_CLOCK) when left out"
        )
        parser.add_argument("--hours", type=float, default=8.0, help="length of the day")
        parser.add_argument("--pace", type=float, default=1.0, help="factor on how long jobs take")
        parser.add_argument("--stars", action="store_true", help="leave three customers to whoever looks at the demo")
        parser.add_argument("--atlas", type=Path, default=settings.BLISKO_HOME / "city", help="folder that keeps the city's streets")
        parser.add_argument("--report", type=Path, help="file for everything acknowledged, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        runner.end_with_parent()
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        if not options["token"]:
            raise CommandError("Give an API token: blisko api_token simulator, then --token or BLISKO_SIMULATOR_TOKEN.")
        report = Report()
        try:
            with contextlib.suppress(KeyboardInterrupt):
                asyncio.run(self._play(options, report))
        finally:
            self.stdout.write(report.line())
            for fault in report.faults:
                self.stderr.write(fault)
            if options["report"]:
                report.save(options["report"])

    async def _play(self, options: dict[str, Any], report: Report) -> None:
        atlas = atlas_of(options["atlas"], options["seed"])
        doors = HttpDoors(options["url"], options["token"], report)
        if not await doors.shows_phones():
            raise CommandError(
                "This platform sends messages to real telephones. The simulator plays only where BLISKO_DEMO=1 keeps them in."
            )
        play, stars = self._plan(options, atlas, doors, report)
        ticker = asyncio.create_task(self._tell(report))
        try:
            await play.prepare_crew()
            if stars:
                await stars.prepare()
            await play.prepare_visits()
            self.stdout.write(f"{len(play.day.visits)} visits for {len(play.day.technicians)} technicians are booked")
            await asyncio.gather(play.run(), *([stars.run()] if stars else []))
            await play.end()
            if stars:  # whoever keeps us running would only start the same day again
                await until(play.day.ends + timedelta(hours=1), clock)
        finally:
            ticker.cancel()
            await doors.close()

    def _plan(self, options: dict[str, Any], atlas: Atlas, doors: HttpDoors, report: Report) -> tuple[Play, Stars | None]:
        begins = options["begins"] or clock.now().replace(second=0, microsecond=0)
        begins = timezone.localtime(begins if begins.tzinfo else timezone.make_aware(begins))
        seed, streets = options["seed"], atlas.streets()
        held = [f"T{i + 1:02d}" for i in range(len(STARS))] if options["stars"] else []
        day = plan_day(
            atlas.addresses, streets, seed, begins, begins + timedelta(hours=options["hours"]), technicians=options["technicians"],
            visits=options["visits"], pace=options["pace"], idle=held,
        )  # fmt: skip
        password = options["password"] or hashlib.sha256(options["token"].encode()).hexdigest()[:20]
        play = Play(day, doors, report, clock, password=password, seed=seed)
        crew = [one for one in day.technicians if one.code in held]
        return play, Stars(play, atlas.addresses, streets, crew) if held else None

    async def _tell(self, report: Report) -> None:
        while True:
            await asyncio.sleep(EVERY)
            self.stdout.write(report.line())
