"""What a drive that nobody makes would have cost."""

from typing import NamedTuple

from blisko.planning.rules.ways import Leg


class Saved(NamedTuple):
    """Seconds and metres by road that nobody drives; `estimated`: some of the ways are."""

    seconds: float
    metres: float
    estimated: bool


def saved_by(there: Leg | None, onward: Leg | None, straight: Leg | None) -> Saved:
    """Answer what leaving a stop out saves: the ways there and on from it, less the way straight on; None: nobody would drive it."""
    ways, instead = [leg for leg in (there, onward) if leg], [straight] if straight else []
    seconds = sum(leg.seconds for leg in ways) - sum(leg.seconds for leg in instead)
    metres = sum(leg.metres for leg in ways) - sum(leg.metres for leg in instead)
    return Saved(max(0.0, seconds), max(0.0, metres), any(leg.estimated for leg in (*ways, *instead)))
