"""Who could be sent to a visit at all, whenever there is time: what a day's list for some people shows of what nobody has yet."""

from collections.abc import Mapping
from dataclasses import dataclass

from blisko.field.rules import Place, lacking_skills

NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Taker:
    """One technician: his skills by level, the region he belongs to ("": none in particular) and the zones he goes to (none: any)."""

    technician_id: int
    skills: Mapping[str, int]
    region: str = ""
    zones: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Need:
    """What a visit asks of whoever goes: least levels of skills, where it is, and who alone may go or must not."""

    skills: Mapping[str, int]
    place: Place
    only: frozenset[int] = NOBODY
    never: frozenset[int] = NOBODY


def could_take(one: Taker, need: Need) -> bool:
    """Tell whether a technician could be sent; tools and parts do not matter, because they can be fetched."""
    here = not (one.region and need.place.region) or one.region == need.place.region
    goes = not (one.zones and need.place.zone) or need.place.zone in one.zones
    wished = one.technician_id not in need.never and (not need.only or one.technician_id in need.only)
    return here and goes and wished and not lacking_skills(one.skills, need.skills)


def could_stand_in(one: Taker, other: Taker) -> bool:
    """Tell whether a technician could be sent wherever another one could: what is still to be promised counts on him."""
    here = not (one.region and other.region) or one.region == other.region
    goes = not one.zones or (bool(other.zones) and other.zones <= one.zones)
    return here and goes and not lacking_skills(one.skills, other.skills)
