"""Which column of a stranger's sheet is which of ours, told by its name."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from blisko.imports.errors import MissingColumns

PLAIN = str.maketrans({"ł": "l", "Ł": "l"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column an importer reads: our name, whether it must be there, and what people call it in en, pl and hu."""

    name: str
    called: tuple[str, ...]
    required: bool = False


def plain(words: str) -> str:
    """Answer the letters and digits of a heading, small and without accents: "Nr klienta:" → "nrklienta"."""
    bare = unicodedata.normalize("NFKD", words.translate(PLAIN).casefold())
    return re.sub(r"[^a-z0-9]", "", bare)


def guess_mapping(header: Sequence[str], columns: Sequence[Column]) -> dict[str, str]:
    """Answer our name → their heading, for every column whose heading is one of the names people use for it."""
    headings: dict[str, str] = {}
    for heading in header:
        headings.setdefault(plain(heading), heading)
    mapping: dict[str, str] = {}
    for column in columns:
        for name in (column.name, *column.called):
            heading = headings.get(plain(name), "")
            if heading and heading not in mapping.values():
                mapping[column.name] = heading
                break
    return mapping


def check_mapping(mapping: Mapping[str, str], header: Sequence[str], columns: Sequence[Column]) -> dict[str, str]:
    """Answer the part of the mapping that holds; refuse `MissingColumns` when a required column has no heading."""
    names = {column.name for column in columns}
    held = {name: heading for name, heading in mapping.items() if name in names and heading in header}
    if missing := [column.name for column in columns if column.required and column.name not in held]:
        raise MissingColumns(details={"missing": ", ".join(missing), "found": ", ".join(heading for heading in header if heading)})
    return held
