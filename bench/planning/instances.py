"""What an instance is, whatever set it comes from, and where the public ones lie."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from blisko.planning.rules.problem import Problem

Routes = Mapping[str, Sequence[str]]  # shift key → keys of visits and pick-ups, in order
ROOT = Path(__file__).resolve().parents[2]


class Broken(Exception):
    """A solution does not keep what its instance asks."""


@dataclass(frozen=True)
class Instance:
    """One instance as a `Problem`, with the value of a solution in its own units, re-evaluated from its own file.

    `value` raises `Broken` and looks at nothing but the order of stops. `best`: the best value known; None where nobody published one.
    """

    name: str
    problem: Problem
    value: Callable[[Routes], float]
    best: float | None = None


def data() -> Path:
    """Answer where public instances are looked for: BLISKO_DATA, or `shared/data` beside the working copy."""
    return Path(os.environ.get("BLISKO_DATA") or ROOT.parent / "shared" / "data") / "bench"


def each_once(served: Sequence[str], asked: set[str]) -> None:
    """Raise when something is served twice, not at all, or was never asked for."""
    if len(served) != len(set(served)) or set(served) != asked:
        raise Broken(f"{len(asked - set(served))} not served, {len(served) - len(set(served))} served twice")
