"""`blisko compile_words`: every .po under blisko/*/locale becomes a .mo; missing words are told, and with --check refused."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from blisko.ui.words import read_po, said_in, write_mo

HOUSE = Path(__file__).resolve().parents[3]


def missing_words(house: Path, languages: list[str], write: bool) -> list[str]:
    """Answer a line for every word without a translation into one of `languages`; with `write` also write the .mo files."""
    said = said_in(house)
    lines = []
    for language in languages:
        known: set[str] = set()
        for po in sorted(house.glob(f"*/locale/{language}/LC_MESSAGES/django.po")):
            entries = read_po(po)
            lines += [f"{language}: {po}: not translated or fuzzy: {entry.key!r}" for entry in entries if entry.key and entry.is_missing]
            known |= {entry.key for entry in entries}
            if write:
                write_mo(entries, po.with_suffix(".mo"))
        lines += [f"{language}: {path}: no entry: {key!r}" for key, path in said.items() if key and key not in known]
    return lines


class Command(BaseCommand):
    help = "Compile the translations of all apps; needs no gettext tools."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when a word is missing in a language")

    def handle(self, *args: Any, **options: Any) -> None:
        languages = [code for code, _name in settings.LANGUAGES if code != "en"]
        lines = missing_words(HOUSE, languages, write=not options["check"])
        for line in lines:
            self.stdout.write(line)
        if lines and options["check"]:
            raise CommandError(f"{len(lines)} words are missing")
        self.stdout.write(f"words: {len(lines)} missing in {', '.join(languages)}")
