from datetime import date, datetime

from django.db import transaction

from blisko.access.rules import Actor, require
from blisko.kit import clock
from blisko.kit.push import push
from blisko.live.models import Onlooker
from blisko.live.queries.onlookers import OPEN_FOR


@transaction.atomic
def look_at_plan(console: str, day: date, visit_id: int | None, *, actor: Actor, now: datetime) -> None:
    """Let colleagues see which day, and which visit, is looked at from a console; consoles that fell silent are forgotten."""
    require(actor, "live.see_day")
    gone, _ = Onlooker.objects.filter(seen_at__lte=now - OPEN_FOR * clock.speed()).delete()
    before = Onlooker.objects.filter(console=console, person=actor.id).first()
    seen = {"person": actor.id, "name": actor.name[:120], "day": day, "visit_id": visit_id, "seen_at": now}
    Onlooker.objects.update_or_create(console=console, defaults=seen)
    if gone or before is None or (before.day, before.visit_id) != (day, visit_id):
        push("plan")


@transaction.atomic
def leave_plan(console: str, *, actor: Actor) -> None:
    """Forget a console that closes."""
    if Onlooker.objects.filter(console=console, person=actor.id).delete()[0]:
        push("plan")
