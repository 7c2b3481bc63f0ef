"""manage.py work: one worker, whose death is noticed within seconds."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from procrastinate import App
from procrastinate.contrib.django import app

from blisko.kit.jobs import HEARTBEAT, STALLED_AFTER


class Command(BaseCommand):
    """Works on jobs until told to end; gives signs of life more often than Procrastinate's own command does."""

    help = "Work on jobs until told to end (BLISKO_WORKER_CONCURRENCY at the same time)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--drain", type=float, default=8, help="seconds that jobs get to finish when told to end")

    def handle(self, *args: Any, **options: Any) -> None:
        with app.replace_connector(app.connector.get_worker_connector()) as queue:  # type: ignore[attr-defined]
            asyncio.run(self._work(queue, options["drain"]))

    async def _work(self, queue: App, drain: float) -> None:
        async with queue.open_async():
            await queue.run_worker_async(
                concurrency=int(os.environ.get("BLISKO_WORKER_CONCURRENCY", "8")),
                shutdown_graceful_timeout=drain,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=STALLED_AFTER,
            )
