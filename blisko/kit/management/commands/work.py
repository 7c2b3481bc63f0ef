"""manage.py work: one worker, whose death is noticed within seconds."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from blisko.kit.worker import work


class Command(BaseCommand):
    """Works on jobs until told to end."""

    help = "Work on jobs until told to end (BLISKO_WORKER_CONCURRENCY at the same time)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--drain", type=float, default=8, help="seconds that jobs get to finish when told to end")

    def handle(self, *args: Any, **options: Any) -> None:
        work(concurrency=int(os.environ.get("BLISKO_WORKER_CONCURRENCY", "8")), drain=options["drain"])
