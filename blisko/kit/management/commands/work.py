"""manage.py work: one worker, whose death is noticed within seconds."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from blisko.kit.worker import work


class Command(BaseCommand):
    """Works on jobs until told to end."""

    help = "Work on jobs until told to end."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=8, help="jobs at the same time")
        parser.add_argument("--only", nargs="+", metavar="QUEUE", help="work on no other queues")
        parser.add_argument("--but", nargs="+", metavar="QUEUE", default=(), help="leave these queues to others")
        parser.add_argument("--drain", type=float, default=8, help="seconds that jobs get to finish when told to end")

    def handle(self, *args: Any, **options: Any) -> None:
        work(concurrency=options["concurrency"], drain=options["drain"], only=options["only"], but=options["but"])
