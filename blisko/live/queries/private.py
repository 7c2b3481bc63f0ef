from datetime import datetime

from blisko.access.rules import Actor, require
from blisko.field.queries import breaks_of, shifts_of
from blisko.live.models import PrivateTime
from blisko.live.queries.positions import technician_whose_phones
from blisko.live.rules.fixes import BREAK_MINUTES


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
