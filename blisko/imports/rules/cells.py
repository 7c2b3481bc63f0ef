"""What a cell means: numbers, times and words as people in three countries write them."""

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo

from blisko.imports.errors import EmptyCell, NoResult, NotANumber, NotATime, NotReadable

ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE)
DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})[., ]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?")
YEAR_FIRST = re.compile(r"(\d{4})[./]\s*(\d{1,2})[./]\s*(\d{1,2})\.?\s+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?")
NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
FIRST_YEAR, LAST_YEAR = 1970, 2200
# A cell that begins so is run as a formula by the program that opens our report.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Unusable:
    """A cell whose formula has no result in the file."""

    words: str


def moment_in(words: str, zone: tzinfo) -> datetime | None:
    """Read "2026-11-24 10:00", "24.11.2026 10:00", "2026. 11. 24. 10:00" or ISO 8601; without an offset it is `zone`'s wall clock."""
    words = words.strip()
    try:
        if ISO.fullmatch(words) and (words.upper().endswith("Z") or re.search(r"[+-]\d{2}:?\d{2}$", words)):
            return datetime.fromisoformat(re.sub(r"\s+", " ", words))
        if found := ISO.fullmatch(words) or YEAR_FIRST.fullmatch(words):
            year, month, day = (int(part) for part in found.groups()[:3])
        elif found := DAY_FIRST.fullmatch(words):
            day, month, year = (int(part) for part in found.groups()[:3])
        else:
            return None
        hour, minute, second = (int(part or 0) for part in found.groups()[3:6])
        return datetime(year, month, day, hour, minute, second, tzinfo=zone) if FIRST_YEAR <= year <= LAST_YEAR else None
    except ValueError:
        return None


def number_in(words: str) -> float | None:
    """Read "52.2297", "52,2297" or "1 234,5"."""
    bare = re.sub(r"[\s\u00a0\u202f]", "", words)
    return float(bare.replace(",", ".")) if NUMBER.fullmatch(bare) and len(bare) < 40 else None


def harmless(words: str) -> str:
    """Answer words for a cell of ours so that no program takes them for a formula."""
    return f"'{words}" if words.startswith(DANGEROUS) else words


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a sheet under our names; `called` tells what the sheet itself calls a column."""

    line: int
    cells: dict[str, object]
    called: dict[str, str]
    zone: tzinfo

    def has(self, name: str) -> bool:
        return self.cells.get(name) not in (None, "")

    def text(self, name: str, *, at_most: int = 160, required: bool = False) -> str:
        """Answer the words in a column, "" when empty; whole numbers lose their ".0"."""
        value = self._value(name, required)
        words = "" if value is None else str(value).strip()
        if len(words) > at_most or any(ord(letter) < 32 and letter not in "\n\r\t" for letter in words):
            raise NotReadable(details=self._details(name, words))
        return words

    def number(self, name: str) -> float | None:
        """Answer the number in a column, None when empty."""
        value = self._value(name, required=False)
        if value is None or isinstance(value, (int, float)):
            return None if value is None else float(value)
        found = number_in(str(value))
        if found is None:
            raise NotANumber(details=self._details(name, value))
        return found

    def moment(self, name: str) -> datetime:
        """Answer the time in a column; a wall clock time is the installation's own zone."""
        value = self._value(name, required=True)
        found = value.replace(tzinfo=self.zone) if isinstance(value, datetime) else moment_in(str(value), self.zone)
        if found is None:
            raise NotATime(details=self._details(name, value))
        return found

    def choice(self, name: str, choices: dict[str, str], otherwise: str) -> str:
        """Answer which of `choices` (what people write → what we mean) stands in a column."""
        words = self.text(name).casefold()
        if not words:
            return otherwise
        if words not in choices:
            raise NotReadable(details=self._details(name, words))
        return choices[words]

    def _value(self, name: str, required: bool) -> object:
        value = self.cells.get(name)
        if isinstance(value, Unusable):
            raise NoResult(details={"column": self.called.get(name, name)})
        if value in (None, ""):
            if required:
                raise EmptyCell(details={"column": self.called.get(name, name)})
            return None
        return value

    def _details(self, name: str, value: object) -> dict[str, object]:
        return {"column": self.called.get(name, name), "value": str(value)[:80]}
