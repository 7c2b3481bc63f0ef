"""What a plan strives for, in words an admin understands: a preset is a set of weights with a name."""

from enum import StrEnum

from blisko.planning.errors import BadRules
from blisko.planning.rules.problem import Weights


class Preset(StrEnum):
    """`balanced`: a bit of everything. `promises`: windows before all. `roads`: few minutes driven. `calm`: nobody hears twice."""

    BALANCED = "balanced"
    PROMISES = "promises"
    ROADS = "roads"
    CALM = "calm"


class Repairs(StrEnum):
    """What becomes of a repair that was found: done by itself, or proposed to a dispatcher."""

    APPLIED = "applied"
    PROPOSED = "proposed"


REPAIR_SECONDS = 0.5  # of searching, once a day is disturbed

PRESETS = {
    Preset.BALANCED: Weights(),
    Preset.PROMISES: Weights(left_out=1200.0, broken=800.0, late=8.0, overtime=2.0),
    Preset.ROADS: Weights(minute=2.0, work=0.2, told_twice=30.0),
    Preset.CALM: Weights(told_twice=240.0, disliked=15.0),
}
DAYS_AHEAD = range(15)
SECONDS = range(1, 3601)


def in_minutes_driven(preset: Preset) -> dict[str, float]:
    """Answer what else than driving weighs under a preset, as the minutes one would drive to avoid it."""
    weights = PRESETS[preset]
    return {name: round(getattr(weights, name) / weights.minute, 1) for name in ("broken", "left_out", "overtime", "told_twice")}


def check_rules(days_ahead: int, seconds: int) -> None:
    """Refuse `BadRules` unless the house plans at most two weeks ahead, and a region's day for one second to one hour."""
    if days_ahead not in DAYS_AHEAD or seconds not in SECONDS:
        raise BadRules
