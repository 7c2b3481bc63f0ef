from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from blisko.access.rules import SYSTEM
from blisko.live.queries.house import asks_again_after
from blisko.live.rules.reminders import ASKED_LATE, LAST_CALL, is_last_call, is_time_to_ask, is_time_to_remind, local_day
from blisko.messaging.queries import deliveries_for
from blisko.visits.queries import done_between, has_visit_to_come, invited, visits_between
from blisko.visits.rules import VisitState

if TYPE_CHECKING:
    from blisko.visits.models import Visit

DAY_BEFORE = "visit_day_before"
ASK_AGAIN = "visit_still_works"
INVITED = "visit_invited"


def visits_to_remind_of(*, now: datetime) -> list[int]:
    """Answer tomorrow's visits whose customers are to be told now: still booked, booked before today, not yet told."""
    zone = timezone.get_default_timezone()
    if not is_time_to_remind(now, zone):
        return []
    today, tomorrow = local_day(now, zone), local_day(now, zone, days=1)
    told = _told(DAY_BEFORE, today[0])
    due = visits_between(SYSTEM, *tomorrow).filter(state=VisitState.BOOKED, window_from__gte=tomorrow[0], created_at__lt=today[0])
    return [visit_id for visit_id in due.values_list("pk", flat=True) if f"visit:{visit_id}" not in told]


def visits_to_ask_again(*, now: datetime) -> list[int]:
    """Answer the visits whose customers are to be asked now whether everything still works, each once.

    Whoever said "no", or waits for another visit anyway, is not asked.
    """
    after = asks_again_after()
    if after is None or not is_time_to_ask(now, timezone.get_default_timezone()):
        return []
    told = _told(ASK_AGAIN, now - 2 * ASKED_LATE)
    due = done_between(SYSTEM, now - after - ASKED_LATE, now - after)
    return [visit.pk for visit in due if f"visit:{visit.pk}" not in told and is_worth_asking(visit)]


def invitations_to_repeat(*, now: datetime) -> list[int]:
    """Answer the visits whose customers are to be reminded now of choosing a time, each once."""
    if not is_time_to_ask(now, timezone.get_default_timezone()):
        return []
    told = _told(INVITED, now - LAST_CALL)
    found = [visit for visit in invited(SYSTEM) if visit.choose_until and is_last_call(visit.created_at, visit.choose_until, now)]
    return [visit.pk for visit in found if f"visit:{visit.pk}" not in told]


def is_worth_asking(visit: "Visit") -> bool:
    """Tell whether the customer of a visit that was done may know more than was said: not after "no", not before another visit."""
    return visit.works is not False and not hasattr(visit, "later_answer") and not has_visit_to_come(visit)


def _told(code: str, since: datetime) -> set[str]:
    """Answer what customers were written one kind of message about since a moment, without the words."""
    return set(deliveries_for(SYSTEM).filter(code=code, created_at__gte=since).values_list("about", flat=True))
