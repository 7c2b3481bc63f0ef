"""`blisko compile_words`: every .po under blisko/*/locale becomes a .mo; missing words are told, and with --check refused."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from blisko.ui.words import plural_forms, read_po, said_in, write_mo, wrong_with

ROOT = Path(__file__).resolve().parents[4]


def missing_words(root: Path, languages: list[str], write: bool) -> list[str]:
    """Answer a line for every word without a right translation into one of `languages`; with `write` also write the .mo files."""
    said = said_in(root)
    lines = []
    for language in languages:
        known: set[tuple[str, str]] = set()
        for po in sorted(root.glob(f"blisko/*/locale/{language}/LC_MESSAGES/django.po")):
            entries = read_po(po)
            plurals = plural_forms(entries)
            lines += [
                f"{language}: {po}:{entry.line}: {wrong}: {entry.key!r}"
                for entry in entries
                if entry.key and (wrong := wrong_with(entry, plurals))
            ]
            known |= {(entry.key, entry.plural) for entry in entries}
            if write:
                write_mo(entries, po.with_suffix(".mo"))
        missing = {(words.key, words.plural): path for path, told in said.items() for words in told}
        lines += [f"{language}: {path}: no entry: {key!r}" for (key, plural), path in missing.items() if (key, plural) not in known]
    return lines


class Command(BaseCommand):
    help = "Compile the translations of all apps; needs no gettext tools."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when a word is missing in a language")

    def handle(self, *args: Any, **options: Any) -> None:
        languages = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
        lines = missing_words(ROOT, languages, write=not options["check"])
        for line in lines:
            self.stdout.write(line)
        if lines and options["check"]:
            raise CommandError(f"{len(lines)} words are missing")
        self.stdout.write(f"words: {len(lines)} missing in {', '.join(languages)}")
