from datetime import datetime

from blisko.access.rules import Actor
from blisko.live.models import PrivateTime
from blisko.live.queries.positions import technician_whose_phones


def private_now(technician_id: int, *, actor: Actor, now: datetime) -> PrivateTime | None:
    """Answer the private time a technician is in, to himself and to whoever sets up his phones."""
    technician_whose_phones(actor, technician_id)
    return PrivateTime.objects.filter(technician_id=technician_id, starts_at__lte=now, ends_at__gt=now).order_by("-pk").first()
