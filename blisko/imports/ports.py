"""Whoever knows a noun says which columns it has and lands its lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from blisko.access.rules import Actor
from blisko.imports.rules.cells import Row
from blisko.imports.rules.columns import Column
from blisko.kit.errors import Refusal


class How(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that did not land, and why."""

    why: Refusal


Outcome = How | Refused


class Importer(Protocol):
    """Lands one noun. `key` is the column that says which thing a line is, or all that do, the required one last: landing the same
    sheet again adds nothing.
    """

    permissions: tuple[str, ...]
    columns: tuple[Column, ...]
    key: str | tuple[str, ...]

    def land(self, rows: Sequence[Row], *, actor: Actor, now: datetime) -> list[Outcome]:
        """Land the rows, each wholly or not at all, and answer one outcome per row, in their order."""
        ...
