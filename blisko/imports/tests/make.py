"""Sheets for tests."""

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import openpyxl

from blisko.access.rules import SYSTEM
from blisko.imports import queries
from blisko.imports.models import ImportRun
from blisko.imports.services import check_import, land_import, take_sheet, work_import
from blisko.kit.telling import told


def an_xlsx(*rows: Sequence[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(content: bytes, **parts: bytes) -> bytes:
    """Answer an XLSX with some of its parts replaced: `sheet1=b"..."`; `sharedStrings` is added as Excel itself does."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    link = f'<Relationship Type="{kind}" Target="sharedStrings.xml" Id="rId99" />'.encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            stem = info.filename.rpartition("/")[2].removesuffix(".xml")
            part = parts.get(stem, old.read(info))
            if stem == "workbook.xml.rels" and "sharedStrings" in parts:
                part = part.replace(b"</Relationships>", link + b"</Relationships>")
            new.writestr(info.filename, part)
        if "sharedStrings" in parts:
            new.writestr("xl/sharedStrings.xml", parts["sharedStrings"])
    return out.getvalue()


def imported(noun: str, content: bytes | str, now: datetime, *, file: str = "sheet.csv", dry: bool = False, **mapping: str) -> ImportRun:
    """Take a sheet in and check or land it as the worker would."""
    data = content.encode() if isinstance(content, str) else content
    run = take_sheet(noun, file, data, actor=SYSTEM, now=now, mapping=mapping)
    (check_import if dry else land_import)(run.pk, actor=SYSTEM, now=now)
    work_import(run.pk, now=now)
    return queries.import_for(SYSTEM, run.pk)


def reasons(run: ImportRun) -> list[tuple[int, str]]:
    return [(line.line, told(line.words, line.details)) for line in queries.refused_lines(SYSTEM, run.pk)]
