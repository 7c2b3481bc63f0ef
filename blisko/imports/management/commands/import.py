# ruff: noqa: N999  this is what an operator types: blisko import
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from blisko.access.rules import SYSTEM
from blisko.imports import queries
from blisko.imports.services import check_import, land_import, take_sheet
from blisko.kit import clock
from blisko.kit.errors import Refusal
from blisko.kit.sheets import UPLOAD_LIMIT
from blisko.kit.telling import told


class Command(BaseCommand):
    help = "Import a CSV or XLSX sheet of customers, technicians or visits, and tell every line that was refused."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("noun", choices=queries.nouns())
        parser.add_argument("file", type=Path)
        parser.add_argument("--map", nargs="*", default=[], metavar="OURS=THEIRS", help="which column is which, where the guess is wrong")
        parser.add_argument("--dry-run", action="store_true", help="tell what would happen and keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        mapping = dict(pair.split("=", 1) for pair in options["map"] if "=" in pair)
        now = clock.now()
        try:
            run = take_sheet(options["noun"], options["file"].name, options["file"].read_bytes(), actor=SYSTEM, now=now, mapping=mapping)
            begin = check_import if options["dry_run"] else land_import
            run = begin(run.pk, actor=SYSTEM, now=now, at_once=UPLOAD_LIMIT)  # somebody waits for it here
        except Refusal as no:
            raise CommandError(told(str(no.words), no.details)) from None
        run = queries.import_for(SYSTEM, run.pk)
        for line in queries.refused_lines(SYSTEM, run.pk):
            self.stderr.write(f"{line.line}: {told(line.words, line.details)}")
        self.stdout.write(
            f"{run.state}: {run.done} lines read as {run.read_as}: "
            f"{run.added} added, {run.changed} changed, {run.known} known, {run.refused} refused"
        )
