from datetime import datetime

from blisko.access.services import keep_days
from blisko.messaging.models import UNSETTLED, Delivery, DemoMessage


@keep_days("messaging.bodies", 90, "Words of messages that went out (that they went out is kept)")
def forget_bodies(before: datetime) -> int:
    """Empty the words of settled messages written before that moment; answer how many."""
    old = Delivery.objects.filter(created_at__lt=before).exclude(UNSETTLED).exclude(body="")
    DemoMessage.objects.filter(arrived_at__lt=before).delete()
    return old.update(body="", subject="")


@keep_days("messaging.deliveries", 730, "That messages went out, and to which addresses")
def forget_deliveries(before: datetime) -> int:
    """Delete settled deliveries written before that moment; answer how many."""
    return Delivery.objects.filter(created_at__lt=before).exclude(UNSETTLED).delete()[0]
