from datetime import datetime, timedelta

from blisko.access.rules import SYSTEM, Actor, require
from blisko.field.queries import breaks_of, shifts_of
from blisko.live.models import PrivateTime
from blisko.live.queries.positions import technician_whose_phones
from blisko.live.rules.fixes import BREAK_MINUTES
from blisko.planning.queries import plan_between
from blisko.visits.rules import VisitState

DRIVES = timedelta(hours=24)


def private_now(technician_id: int, *, actor: Actor, now: datetime) -> PrivateTime | None:
    """Answer the private time a technician is in, to himself and to whoever sets up his phones."""
    technician_whose_phones(actor, technician_id)
    return PrivateTime.objects.filter(technician_id=technician_id, starts_at__lte=now, ends_at__gt=now).order_by("-pk").first()


def break_minutes(actor: Actor, technician_id: int, *, now: datetime) -> int:
    """Answer how long a technician's break is: as the longest of his present shift is planned, half an hour where none is."""
    shifts = list(shifts_of(actor, technician_id, now, now).select_related("technician"))
    return max((one.minutes for found in breaks_of(shifts).values() for one in found), default=BREAK_MINUTES)


def on_break(actor: Actor, *, now: datetime) -> dict[int, datetime]:
    """Answer who is on his break, and until when; of private time nobody else is told."""
    require(actor, "live.see_day")
    rows = PrivateTime.objects.filter(is_break=True, starts_at__lte=now, ends_at__gt=now)
    return dict(rows.values_list("technician_id", "ends_at"))


def visits_under_way(technician_id: int, *, now: datetime) -> list[int]:
    """Answer the visits a technician is on the way to, whose customers may see where he is; for the house's own use."""
    plan = plan_between(SYSTEM, now - DRIVES, now + DRIVES).filter(technician_id=technician_id, visit__state=VisitState.ON_THE_WAY)
    return list(plan.order_by().values_list("visit_id", flat=True).distinct())
