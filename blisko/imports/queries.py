from collections.abc import Iterator
from datetime import tzinfo
from typing import cast

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from blisko.access.rules import Actor, require
from blisko.imports.errors import NoSuchImport
from blisko.imports.models import ImportRun, RefusedLine
from blisko.imports.ports import Importer
from blisko.imports.rules.cells import Row, Unusable
from blisko.imports.rules.columns import Column
from blisko.kit.plugs import plug
from blisko.kit.sheets import Line, NoValue, Sheet
from blisko.kit.sheets_open import open_sheet

PLUG = "imports."


def nouns() -> list[str]:
    """Answer what can be imported into this installation."""
    return [name.removeprefix(PLUG) for name in settings.BLISKO_PLUGS if name.startswith(PLUG)]


def importer_of(noun: str) -> Importer:
    """Answer whoever lands this noun; refuse `NoSuchImport`."""
    if noun not in nouns():
        raise NoSuchImport(details={"noun": noun, "known": nouns()})
    return cast(Importer, plug(f"{PLUG}{noun}"))


def importable_nouns(actor: Actor) -> list[str]:
    """Answer what this actor may import."""
    return [noun for noun in nouns() if all(actor.may(one) for one in ("imports.run", *importer_of(noun).permissions))]


def columns_for(actor: Actor, noun: str) -> tuple[Column, ...]:
    """Answer the columns a sheet of this noun may have."""
    require(actor, "imports.run")
    return importer_of(noun).columns


def imports_for(actor: Actor) -> QuerySet[ImportRun]:
    """Answer the imports so far, newest first, without their files."""
    require(actor, "imports.run")
    return ImportRun.objects.defer("content").order_by("-created_at", "-pk")


def import_for(actor: Actor, run_id: int) -> ImportRun:
    """Answer one import without its file; refuse `NoSuchImport`."""
    run = imports_for(actor).filter(pk=run_id).first()
    if run is None:
        raise NoSuchImport
    return run


def refused_lines(actor: Actor, run_id: int) -> QuerySet[RefusedLine]:
    """Answer the lines of an import that did not land, in the order of the file."""
    return RefusedLine.objects.filter(run=import_for(actor, run_id)).order_by("line", "pk")


def sample_lines(actor: Actor, run_id: int, count: int = 3) -> list[dict[str, str]]:
    """Answer the first lines of the file: heading → words."""
    run = import_for(actor, run_id)
    sheet = opened_sheet(run)
    return [
        {
            heading: "" if cell is None or isinstance(cell, NoValue) else str(cell)[:60]
            for heading, cell in zip(sheet.header, line.cells, strict=False)
        }
        for line, _ in zip(sheet.lines, range(count), strict=False)
    ]


def opened_sheet(run: ImportRun) -> Sheet:
    """Open the file of an import for reading once."""
    return open_sheet(bytes(run.content), run.name)


def rows_of(sheet: Sheet, mapping: dict[str, str], zone: tzinfo | None = None) -> Iterator[Row]:
    """Read the lines of a sheet under our names."""
    places = {name: sheet.header.index(heading) for name, heading in mapping.items()}
    here = zone or timezone.get_default_timezone()
    for line in sheet.lines:
        yield Row(line.number, {name: _cell(line, at) for name, at in places.items()}, mapping, here)


def _cell(line: Line, at: int) -> object:
    cell = line.cells[at] if at < len(line.cells) else None
    return Unusable(cell.words) if isinstance(cell, NoValue) else cell
