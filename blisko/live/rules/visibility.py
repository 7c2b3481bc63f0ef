"""How much of the technician a house shows its customers: per field, inside what the stage allows (`stages.FIELDS`), never beyond it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import cos, floor, radians
from typing import Any

from blisko.kit.earth import Place
from blisko.live.rules.stages import Stage

METRES_A_DEGREE = 111_320.0
# Fields a house may hide, and what must be seen for a field to make sense: a line begins where the technician is, and a likely
# time is a time of arrival.
CHOSEN = ("technician_name", "technician_photo", "position", "route", "eta", "stops_before")
NEEDS: Mapping[str, str] = {"route": "position", "likely": "eta"}
STREAMED = ("always", "on_the_way")


class When(StrEnum):
    """When a field is seen. The last three count by how near the technician is, and what is not known is not near."""

    ALWAYS = "always"
    NEVER = "never"
    ON_THE_WAY = "on_the_way"
    MINUTES = "minutes"
    STOPS = "stops"
    METRES = "metres"


@dataclass(frozen=True)
class Seen:
    """One field's rule; `within`: so many minutes, stops or metres, where it counts by nearness."""

    when: When = When.ALWAYS
    within: int = 0


@dataclass(frozen=True)
class Near:
    """How near the technician is: minutes until he may be there, stops before this one, metres of road; None: nobody knows."""

    under_way: bool
    minutes: float | None = None
    stops: int | None = None
    metres: float | None = None


THERE = Near(under_way=True, minutes=0, stops=0, metres=0)


@dataclass(frozen=True)
class Visibility:
    """A house's rules; `grid`: metres to which the place is rounded (0: as it is)."""

    fields: Mapping[str, Seen] = field(default_factory=dict)
    grid: int = 0

    def of(self, name: str) -> Seen:
        """Answer a field's rule; what nobody chose is seen whenever its stage shows it."""
        return self.fields.get(name, Seen())


def is_seen(rule: Seen, near: Near) -> bool:
    """Tell whether a rule shows its field to who is so near."""
    if rule.when == When.ALWAYS:
        return True
    if rule.when == When.ON_THE_WAY:
        return near.under_way
    how_near = {When.MINUTES: near.minutes, When.STOPS: near.stops, When.METRES: near.metres}.get(rule.when)
    return how_near is not None and how_near <= rule.within


def seen_of(view: Mapping[str, Any], rules: Visibility, near: Near) -> dict[str, Any]:
    """Answer a stage's facts without those the house does not show now: they are None, as what is not known is."""
    hidden = {name for name in CHOSEN if not is_seen(rules.of(name), near)}
    hidden |= {name for name, needed in NEEDS.items() if needed in hidden}
    return {name: None if name in hidden else value for name, value in view.items()}


def names_him(rules: Visibility, *, under_way: bool) -> bool:
    """Tell whether a message may name the technician: of how near he is it knows no more than that."""
    rule = rules.of("technician_name")
    return rule.when == When.ALWAYS or (under_way and rule.when != When.NEVER)


def is_streamed(rules: Visibility, stage: Stage) -> bool:
    """Tell whether places may go to an open page by themselves: only as they are, and only where no nearness is asked for."""
    return stage == Stage.ON_THE_WAY and rules.grid == 0 and rules.of("position").when in STREAMED


def on_grid(place: Place, metres: int) -> Place:
    """Answer the middle of the field of a grid in which a place lies; the same for every place of it. 0 metres: the place itself."""
    if metres <= 0:
        return place
    step = metres / METRES_A_DEGREE
    lat = (floor(place[0] / step) + 0.5) * step
    across = step / max(cos(radians(lat)), 0.01)
    return round(lat, 6), round((floor(place[1] / across) + 0.5) * across, 6)
