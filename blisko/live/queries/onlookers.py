"""Who looks at the plan now."""

from datetime import date, datetime, timedelta

from blisko.access.rules import Actor, require
from blisko.kit import clock
from blisko.live.models import Onlooker

OPEN_FOR = timedelta(seconds=50)  # two heartbeats of a console, and a little


def onlookers_of(actor: Actor, day: date, *, now: datetime, besides: str = "") -> list[Onlooker]:
    """Answer the consoles open on a day, of colleagues only; `besides`: one's own console."""
    require(actor, "live.see_day")
    found = Onlooker.objects.filter(day=day, seen_at__gt=now - OPEN_FOR * clock.speed()).exclude(console=besides).exclude(person=actor.id)
    return list(found.order_by("name", "pk"))
