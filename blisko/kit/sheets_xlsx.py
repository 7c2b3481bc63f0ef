"""XLSX as it comes: streamed out of its zip by ourselves, so that nothing in it is run, fetched or unpacked without a bound.

Values only: formulas count by their saved result, macros and links to other files are never opened.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any, cast

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring, iterparse
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from blisko.kit.sheets import ERROR, FORMULA, BadSheet, Cell, Line, Sheet, UnreadableLine, check_length, check_width, first_and_rest

UNPACKED_LIMIT = 400 * 1024 * 1024
RATIO_LIMIT = 250
RATIO_FROM = 4 * 1024 * 1024
ENTRY_LIMIT = 2000
SMALL_PART = 16 * 1024 * 1024
STRINGS_LIMIT = 120 * 1024 * 1024
REFERENCE = re.compile(r"([A-Z]{1,3})\d+")
BOMB = "This file unpacks to far more than it seems to hold, so we did not open it."


class _Bounded(io.RawIOBase):
    """A part of the zip that may not give more than was promised."""

    def __init__(self, part: IO[bytes], limit: int) -> None:
        self._part, self._left = part, limit

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._part.read(min(size, 65_536) if size > 0 else 65_536)
        self._left -= len(data)
        if self._left < 0:
            raise BadSheet(BOMB)
        return data


def open_xlsx(content: bytes) -> Sheet:
    """Answer the first sheet of an XLSX file; refuse `BadSheet` for anything that is none, or a bomb."""
    try:
        packed = zipfile.ZipFile(io.BytesIO(content))
        _check_sizes(packed)
        book = _Book(packed)
        return first_and_rest(book.lines(), "XLSX")
    except (
        zipfile.BadZipFile,
        KeyError,
        ParseError,
        DefusedXmlException,
        NotImplementedError,
        zlib.error,
        EOFError,
        ValueError,
        RuntimeError,
    ):
        raise BadSheet("This is not an XLSX file, whatever its name says.") from None


def _check_sizes(packed: zipfile.ZipFile) -> None:
    parts = packed.infolist()
    if len(parts) > ENTRY_LIMIT or sum(part.file_size for part in parts) > UNPACKED_LIMIT:
        raise BadSheet(BOMB)
    for part in parts:
        if part.file_size > RATIO_FROM and part.file_size > RATIO_LIMIT * max(part.compress_size, 1):
            raise BadSheet(BOMB)


def _name(element: Any) -> str:
    return cast(str, element.tag).rpartition("}")[2]


class _Book:
    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        self._book = self._related("", "officeDocument")[0]
        root = self._tree(self._book)
        settings = next((element for element in root if _name(element) == "workbookPr"), None)
        old_mac = settings is not None and settings.get("date1904") in ("1", "true")
        self._epoch = CALENDAR_MAC_1904 if old_mac else CALENDAR_WINDOWS_1900
        self._dates = self._date_styles()
        self._strings = self._shared_strings()

    def _open(self, path: str, limit: int) -> IO[bytes]:
        return cast(IO[bytes], _Bounded(self._packed.open(path), min(limit, self._packed.getinfo(path).file_size)))

    def _tree(self, path: str) -> Any:
        if self._packed.getinfo(path).file_size > SMALL_PART:
            raise BadSheet(BOMB)
        return fromstring(self._packed.read(path), forbid_dtd=True)

    def _related(self, path: str, kind: str) -> list[str]:
        """Answer the parts of one kind that a part of the file points to, inside the file only."""
        folder, name = posixpath.split(path)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        found = []
        for link in self._tree(rels):
            if link.get("Type", "").endswith(f"/{kind}") and link.get("TargetMode") != "External":
                target = link.get("Target", "")
                found.append(target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target)))
        return found

    def _date_styles(self) -> set[int]:
        styles = self._related(self._book, "styles")
        if not styles:
            return set()
        formats, dates = dict(BUILTIN_FORMATS), set()
        for part in self._tree(styles[0]):
            if _name(part) == "numFmts":
                formats |= {int(one.get("numFmtId")): one.get("formatCode", "") for one in part}
            elif _name(part) == "cellXfs":
                dates = {at for at, one in enumerate(part) if is_date_format(formats.get(int(one.get("numFmtId", "0")), ""))}
        return dates

    def _shared_strings(self) -> list[str]:
        parts = self._related(self._book, "sharedStrings")
        strings: list[str] = []
        if not parts:
            return strings
        with self._open(parts[0], STRINGS_LIMIT) as part:
            for _, element in iterparse(part, forbid_dtd=True):
                if _name(element) == "si":
                    strings.append("".join(_texts(element)))
                    element.clear()
                elif _name(element) == "sst":
                    element.clear()
        return strings

    def _first_sheet(self) -> str:
        sheets = [one for part in self._tree(self._book) if _name(part) == "sheets" for one in part]
        shown = next((one for one in sheets if one.get("state", "visible") == "visible"), sheets[0] if sheets else None)
        if shown is None:
            raise BadSheet("This sheet is empty.")
        wanted = next(value for name, value in shown.attrib.items() if name.endswith("}id"))
        folder, name = posixpath.split(self._book)
        target = next(
            link.get("Target") for link in self._tree(posixpath.join(folder, "_rels", f"{name}.rels")) if link.get("Id") == wanted
        )
        return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))

    def lines(self) -> Iterator[Line]:
        path = self._first_sheet()
        number = 0
        with self._open(path, UNPACKED_LIMIT) as part:
            try:
                rows: Any = None
                for event, element in iterparse(part, events=("start", "end"), forbid_dtd=True):
                    kind = _name(element)
                    if event == "start":
                        rows = element if kind == "sheetData" else rows
                    elif kind == "row":
                        number = int(element.get("r", number + 1))
                        cells = self._cells(element, number)
                        rows.clear()
                        if any(cell is not None for cell in cells):
                            yield Line(number, cells)
            except (ParseError, DefusedXmlException, zipfile.BadZipFile, zlib.error, EOFError, IndexError, ValueError):
                raise UnreadableLine(details={"line": number + 1}) from None

    def _cells(self, row: Any, number: int) -> list[Cell]:
        cells: list[Cell] = []
        for cell in row:
            if _name(cell) != "c":
                continue
            reference = REFERENCE.match(cell.get("r", ""))
            at = _column(reference[1]) if reference else len(cells)
            check_width(max(at + 1, len(cells)), number)
            cells += [None] * (at + 1 - len(cells))
            cells[at] = self._value(cell, number)
        return cells

    def _value(self, cell: Any, number: int) -> Cell:
        kind = cell.get("t", "n")
        parts = {_name(part): part for part in cell}
        if kind == "inlineStr":
            return _clean("".join(_texts(cell)), number)
        words: str | None = parts["v"].text if "v" in parts else None
        if words is None:
            return FORMULA if "f" in parts else None
        if kind == "s":
            return _clean(self._strings[int(words)], number)
        if kind == "e":
            return ERROR
        if kind == "b":
            return words == "1"
        if kind in ("str", "d"):
            return _clean(words, number)
        value = float(words)
        if int(cell.get("s", "0")) in self._dates:
            return cast(Cell, from_excel(value, self._epoch))
        return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _texts(element: Any) -> Iterator[str]:
    """The text of an element without what is only its pronunciation."""
    for part in element:
        if _name(part) == "t":
            yield part.text or ""
        elif _name(part) in ("r", "is"):
            yield from _texts(part)


def _clean(words: str, number: int) -> str | None:
    check_length(len(words), number)
    return words.replace("\x00", "").strip() or None


def _column(letters: str) -> int:
    at = 0
    for letter in letters:
        at = at * 26 + ord(letter) - ord("A") + 1
    return at - 1
