"""What is known about a technician, told to himself: where he was and who was shown it, when he was let alone, what was thrown away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Min, Q, Sum
from django.utils import timezone

from blisko.access.queries import days_kept
from blisko.access.rules import SYSTEM, Actor
from blisko.field.queries import own_technician
from blisko.live.models import Fix, HelpMessage, Operation, PositionLook, PrivateTime, UnusableCount
from blisko.live.queries.day import day_bounds
from blisko.visits.queries import visits_by_id

if TYPE_CHECKING:
    from blisko.field.models import Technician

KINDS = ("live.fixes", "live.unusable", "live.private_times", "live.operations", "live.looks", "live.help")
LOOKS_SHOWN = 200


@dataclass(frozen=True)
class Looked:
    """One who was shown where a technician was on one day: `name` of a person or a program, or the `visit` whose link it was."""

    look: PositionLook
    visit: str = ""

    @property
    def by_program(self) -> bool:
        return self.look.who.startswith("key:")


@dataclass(frozen=True)
class Known:
    """Counts and times of what the database holds of one technician; `days`: for how long, by the names of the retention rules."""

    fixes: int
    fixes_today: int
    first: datetime | None
    last: datetime | None
    thrown: dict[str, int]
    alone: list[PrivateTime]
    operations: int
    help: int
    looks: list[Looked]
    days: dict[str, int]

    @property
    def thrown_away(self) -> int:
        return sum(self.thrown.values())

    @property
    def looks_days(self) -> int:
        return self.days["live.looks"]

    @property
    def fixes_days(self) -> int:
        return self.days["live.fixes"]

    @property
    def alone_days(self) -> int:
        return self.days["live.private_times"]

    @property
    def thrown_days(self) -> int:
        return self.days["live.unusable"]

    @property
    def operations_days(self) -> int:
        return self.days["live.operations"]

    @property
    def help_days(self) -> int:
        return self.days["live.help"]


def known_of(actor: Actor, *, now: datetime) -> Known:
    """Answer what is known about the technician who asks."""
    me, midnight = own_technician(actor), day_bounds(timezone.localtime(now).date())[0]
    fixes = Fix.objects.filter(device__technician=me).aggregate(
        n=Count("device"), today=Count("device", filter=Q(fix_time__gte=midnight)), first=Min("fix_time"), last=Max("fix_time")
    )
    thrown = UnusableCount.objects.filter(device__technician=me).values("reason")
    return Known(
        fixes["n"],
        fixes["today"],
        fixes["first"],
        fixes["last"],
        dict(thrown.annotate(n=Sum("count")).order_by("-n", "reason").values_list("reason", "n")),
        list(PrivateTime.objects.filter(technician=me).order_by("-starts_at")),
        Operation.objects.filter(queue__technician=me).count(),
        HelpMessage.objects.filter(by=actor.id).count(),
        _looks(me.pk),
        days_kept(KINDS),
    )


def _looks(technician_id: int) -> list[Looked]:
    looks = list(PositionLook.objects.filter(technician_id=technician_id).order_by("-last_at", "who")[:LOOKS_SHOWN])
    of_links = {look.who: int(look.who[6:]) for look in looks if look.who.startswith("visit:")}
    visits = visits_by_id(SYSTEM, of_links.values())
    numbers = {who: visits[visit_id].number for who, visit_id in of_links.items() if visit_id in visits}
    return [Looked(look, numbers.get(look.who, "")) for look in looks]


def own_places(actor: Actor) -> Iterator[tuple[datetime, float, float, float | None, str]]:
    """Answer every place that is kept of the technician who asks, the oldest first: when, degrees, metres of doubt, by which app."""
    me: Technician = own_technician(actor)
    rows = Fix.objects.filter(device__technician=me).order_by("fix_time")
    yield from rows.values_list("fix_time", "lat", "lon", "accuracy", "source").iterator()
