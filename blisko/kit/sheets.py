"""Sheets as people send them, CSV and XLSX: rows of cells, streamed, with every bound that keeps a bad file from hurting us."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from blisko.kit.errors import Invalid

UPLOAD_LIMIT = 32 * 1024 * 1024
COLUMN_LIMIT = 200
CELL_LIMIT = 32_767
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class BadSheet(Invalid):
    """A file is no sheet we can read, or one that is dangerous to read; `details` says more."""

    words = "We cannot read this file as a sheet. Save it as CSV (UTF-8) or XLSX and try again."


class UnreadableLine(BadSheet):
    """From this line on the file is broken."""

    words = "The file is broken from line {line} on; nothing below it was read."


@dataclass(frozen=True, slots=True)
class NoValue:
    """A cell without a usable value, and why."""

    words: str


FORMULA = NoValue("a formula without a saved result")
ERROR = NoValue("a formula that failed")
Cell: TypeAlias = str | int | float | bool | datetime | NoValue | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sheet: its number as a person sees it, from 1, and its cells."""

    number: int
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet opened for reading once: its header, the lines below it, and how it was read ("UTF-8, ;")."""

    header: list[str]
    lines: Iterator[Line]
    how: str


def first_and_rest(lines: Iterator[Line], how: str) -> Sheet:
    """Answer the sheet whose header is the first line that holds anything."""
    for line in lines:
        header = ["" if cell is None or isinstance(cell, NoValue) else str(cell).strip() for cell in line.cells]
        if any(header):
            while not header[-1]:
                header.pop()
            return Sheet(header, lines, how)
    raise BadSheet("This sheet is empty.")


def check_width(cells: int, line: int) -> None:
    if cells > COLUMN_LIMIT:
        raise BadSheet("Line {line} has too many columns. A sheet may have at most 200.", details={"line": line, "columns": cells})


def check_length(length: int, line: int) -> None:
    if length > CELL_LIMIT:
        raise BadSheet("Line {line} has a cell that is too long. A cell may hold at most 32,767 characters.", details={"line": line})
