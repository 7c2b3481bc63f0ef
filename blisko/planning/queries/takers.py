"""Who could be sent to the visits nobody goes to yet, and who could stand in for somebody."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from blisko.field.queries import places_of, regions_of
from blisko.planning.models import Wish
from blisko.planning.rules.takers import Need, Taker, could_stand_in, could_take
from blisko.planning.rules.wishes import WishKind

if TYPE_CHECKING:
    from blisko.field.models import Technician
    from blisko.visits.models import Visit


def takers_of(visits: "Sequence[Visit]", technicians: "Sequence[Technician]") -> dict[int, list[int]]:
    """Answer, by visit, who of these technicians could be sent there, for the house's own use."""
    people = _people(technicians)
    places = places_of(visit.order.site.postcode for visit in visits)
    wishes: dict[tuple[int, str], set[int]] = {}
    for wish in Wish.objects.filter(visit_id__in=[visit.pk for visit in visits]):
        wishes.setdefault((wish.visit_id, wish.kind), set()).add(wish.technician_id)
    found = {}
    for visit in visits:
        only, never = (frozenset(wishes.get((visit.pk, kind), ())) for kind in (WishKind.ONLY, WishKind.NEVER))
        need = Need(visit.wanted_levels, places[visit.order.site.postcode], only, never)
        found[visit.pk] = [one.technician_id for one in people if could_take(one, need)]
    return found


def stand_ins_for(technician: "Technician", technicians: "Sequence[Technician]") -> set[int]:
    """Answer who of these technicians could be sent wherever another one could, for the house's own use."""
    [other, *people] = _people([technician, *technicians])
    return {one.technician_id for one in people if could_stand_in(one, other)}


def _people(technicians: "Sequence[Technician]") -> list[Taker]:
    regions = regions_of(one.pk for one in technicians)
    return [Taker(one.pk, one.skill_levels, regions[one.pk], frozenset(zone.code for zone in one.zones.all())) for one in technicians]
