"""Which technician a visit's customer has heard of by name."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from blisko.access.rules import SYSTEM
from blisko.field.rules import first_name
from blisko.live.models import LinkOpening
from blisko.live.rules.names import Heard, last_heard
from blisko.live.rules.stages import FIELDS, stage_of
from blisko.planning.queries import assignment_then, told_for
from blisko.visits.rules import VisitState

if TYPE_CHECKING:
    from blisko.visits.models import Visit


def name_heard(visit: "Visit", *, now: datetime) -> Heard | None:
    """Answer whom the customer of a booked visit counts on, by a message or by the page; None: he has heard nothing at all."""
    last = told_for(SYSTEM, visit.pk, now=now).first()
    told = Heard(first_name(last.technician.name) if last.technician else "", last.at) if last else None
    return last_heard(told, _seen(visit))


def _seen(visit: "Visit") -> Heard | None:
    """Answer whom the page named when the customer last opened it; None where it named nobody, as far as the stage says."""
    opening = LinkOpening.objects.filter(visit=visit).first()
    if opening is None:
        return None
    window, zone = (visit.window_from, visit.window_to), timezone.get_default_timezone()
    if stage_of(VisitState.BOOKED, window, opening.last_at, zone, answered=False) not in FIELDS["technician_name"]:
        return None
    then = assignment_then(visit.pk, opening.last_at)
    return Heard(first_name(then.technician.name), opening.last_at) if then else None
