"""What the simulated day did and what the platform acknowledged of it."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from blisko.simulator.rules.phones import Dialect, Kind, Measured

KEPT = (Kind.FIX, Kind.MOCK)
SHOWN = ("bookings", "assignments", "steps", "positions", "set aside", "links", "events", "notes", "answers", "refusals", "away", "errors")


@dataclass
class Report:
    """Counts for people; lists of everything acknowledged for tests.

    `positions`: (SHA-256 of the device's token, ISO time, lat, lon). `steps`: (visit number, step). `bookings`: visit numbers.
    """

    counts: Counter[str] = field(default_factory=Counter)
    dialects: Counter[str] = field(default_factory=Counter)
    positions: set[tuple[str, str, float, float]] = field(default_factory=set)
    steps: list[tuple[str, str]] = field(default_factory=list)
    bookings: list[str] = field(default_factory=list)
    assignments: list[tuple[str, str]] = field(default_factory=list)
    answers: list[tuple[str, bool]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    since: float = field(default_factory=time.monotonic)

    def count(self, what: str) -> None:
        """One more of something."""
        self.counts[what] += 1

    def fault(self, words: str) -> None:
        """Something that should not happen, whatever the platform goes through."""
        self.count("errors")
        if len(self.faults) < 200:
            self.faults.append(words)

    def acknowledged(self, device: str, dialect: Dialect, records: tuple[Measured, ...]) -> None:
        """The platform has answered that it has these records."""
        self.dialects[dialect] += len(records)
        for one in records:
            if one.kind in KEPT:
                self.count("positions")
                self.positions.add((device, one.at.isoformat(), one.lat, one.lon))
            else:
                self.count("set aside")

    def booked(self, number: str) -> None:
        """The platform has answered that the visit is booked."""
        self.count("bookings")
        self.bookings.append(number)

    def assigned(self, number: str, technician: str) -> None:
        """The platform has answered that the technician does this visit."""
        self.count("assignments")
        self.assignments.append((number, technician))

    def took(self, number: str, step: str) -> None:
        """The platform has answered that the step was taken."""
        self.count("steps")
        self.steps.append((number, step))

    def answered(self, number: str, works: bool) -> None:
        """The platform has kept the customer's answer."""
        self.count("answers")
        self.answers.append((number, works))

    def line(self) -> str:
        """One line for somebody watching."""
        return f"{time.monotonic() - self.since:5.0f} s  " + "  ".join(f"{name} {self.counts[name]}" for name in SHOWN if self.counts[name])

    def save(self, path: Path) -> None:
        """Write everything as JSON, whole or not at all."""
        said: dict[str, Any] = {
            "seconds": round(time.monotonic() - self.since, 1), "counts": dict(self.counts), "dialects": dict(self.dialects),
            "bookings": self.bookings, "assignments": self.assignments, "steps": self.steps, "answers": self.answers,
            "positions": sorted(self.positions), "faults": self.faults,
        }  # fmt: skip
        draft = path.with_suffix(".part")
        draft.write_text(json.dumps(said, indent=1), encoding="utf-8")
        draft.replace(path)
