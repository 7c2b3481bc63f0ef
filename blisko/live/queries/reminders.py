from datetime import datetime

from django.utils import timezone

from blisko.access.rules import SYSTEM
from blisko.live.rules.reminders import is_time_to_remind, local_day
from blisko.messaging.queries import deliveries_for
from blisko.visits.queries import visits_between
from blisko.visits.rules import VisitState

DAY_BEFORE = "visit_day_before"


def visits_to_remind_of(*, now: datetime) -> list[int]:
    """Answer tomorrow's visits whose customers are to be told now: still booked, booked before today, not yet told."""
    zone = timezone.get_default_timezone()
    if not is_time_to_remind(now, zone):
        return []
    today, tomorrow = local_day(now, zone), local_day(now, zone, days=1)
    told = {row.about for row in deliveries_for(SYSTEM).filter(code=DAY_BEFORE, created_at__gte=today[0])}
    due = visits_between(SYSTEM, *tomorrow).filter(state=VisitState.BOOKED, window_from__gte=tomorrow[0], created_at__lt=today[0])
    return [visit_id for visit_id in due.values_list("pk", flat=True) if f"visit:{visit_id}" not in told]
