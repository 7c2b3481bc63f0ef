"""When today's visits begin as known now, what their customers count on, and what they were told of delays."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from blisko.access.rules import SYSTEM
from blisko.live.queries.house import delay_terms
from blisko.live.queries.link import drive_eta
from blisko.live.queries.notices import notices_of
from blisko.live.rules.delays import OPEN, Expected, Promised, notice_of
from blisko.planning.queries import assignment_of, day_ahead, told_for
from blisko.visits.queries import visits_between
from blisko.visits.rules import VisitState

if TYPE_CHECKING:
    from blisko.planning.queries import DayAhead
    from blisko.visits.models import Visit

# Windows so long ago are nobody's hope any more: a dispatcher has them on his list.
LONG_PAST = timedelta(hours=12)


def delays_to_tell(*, now: datetime, technician_ids: Iterable[int] | None = None) -> dict[int, Expected]:
    """Answer the visits whose customers should be told of a delay now, with when they begin; of some technicians only, where given."""
    zone, terms = timezone.get_default_timezone(), delay_terms()
    near = visits_between(SYSTEM, now - LONG_PAST, now + terms.ahead).filter(state__in=OPEN, window_to__lte=now + terms.ahead)
    visits = {visit.pk: visit for visit in near.select_related("order__site")}
    if not visits:
        return {}
    ahead = day_ahead(SYSTEM, timezone.localtime(now).date(), now=now, technician_ids=technician_ids)
    found = {}
    for visit_id, visit in visits.items():
        expected = expected_start(visit, ahead, now=now) if visit_id in ahead.technicians else None
        if expected is not None and notice_of(promised_of(visit, now=now), expected, now, zone, terms):
            found[visit_id] = expected
    return found


def expected_start(visit: "Visit", ahead: "DayAhead", *, now: datetime) -> Expected | None:
    """Answer when a visit begins: as the drive says once he drives, else as the rest of the day says; None where nothing does."""
    if visit.state == VisitState.ON_THE_WAY:
        assignment = assignment_of(visit.pk)
        eta = drive_eta(visit, assignment, now=now) if assignment else None
        if eta is not None:
            return Expected(eta.low, eta.low + (eta.high - eta.low) / 2, eta.high)
    one = ahead.outlook_of(visit.pk)
    return Expected(*(ahead.moment(each) for each in (one.early, one.middle, one.late))) if one else None


def promised_of(visit: "Visit", *, now: datetime) -> Promised:
    """Answer what a visit's customer counts on, from what he was told since its window was promised."""
    last = told_for(SYSTEM, visit.pk, now=now).first()
    told = (last.told_from, last.told_to) if last else None
    window = (visit.window_from, visit.window_to)
    return Promised(window, VisitState(visit.state), told, last.at if last else None, notices_of(visit).count())
