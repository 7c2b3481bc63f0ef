"""Plain factory functions for tests."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.db.models import Sum

from blisko.access.rules import SYSTEM, Actor
from blisko.accounts.models import User
from blisko.accounts.queries import actor_for
from blisko.field.models import DepotStock, Shift, StockMovement, Technician, VanStock
from blisko.field.services import add_shift, add_technician, set_van

_numbers = count(1)


def a_technician(
    now: datetime,
    *,
    name: str = "Jan Kowalski",
    skills: Sequence[str] = ("fibre",),
    shift: bool = True,
    password: str | None = None,
    **also: Any,
) -> Technician:
    """Make a technician; `also`: whatever else `add_technician` may be told."""
    number = next(_numbers)
    technician = add_technician(
        actor=SYSTEM,
        now=now,
        code=f"T{number}",
        name=name,
        email=f"t{number}@example.com",
        phone="+48 602 300 400",
        skills=skills,
        password=password,
        **also,
    )
    if shift:
        add_shift(technician.pk, starts_at=now - timedelta(hours=8), ends_at=now + timedelta(hours=12), actor=SYSTEM, now=now)
    return technician


def let_work(technician: Technician, starts: datetime, ends: datetime, *, now: datetime) -> Shift:
    """Let a technician work these hours, as one shift with the shifts that lie within or touch them."""
    others = Shift.objects.filter(technician=technician, starts_at__lte=ends, ends_at__gte=starts)
    was = [(one.starts_at, one.ends_at) for one in others]
    others.delete()
    begins, stops = min([starts, *(one[0] for one in was)]), max([ends, *(one[1] for one in was)])
    return add_shift(technician.pk, starts_at=begins, ends_at=stops, actor=SYSTEM, now=now)


def actor_of(technician: Technician) -> Actor:
    """Answer the technician as the actor he is when signed in."""
    return actor_for(User.objects.get(pk=technician.user_id))


def a_driver(now: datetime, plate: str = "BL 1", parts: Mapping[str, int] | None = None, **also: Any) -> Technician:
    """Make a technician who drives a van that carries these parts."""
    set_van(plate, parts=parts or {}, actor=SYSTEM, now=now)
    return a_technician(now, van=plate, **also)


def assert_books_are_right() -> None:
    """Hold the book of stock to what it promises: nothing below nothing, and each stock is the sum of its lines."""
    for model, where in ((VanStock, "van_id"), (DepotStock, "depot_id")):
        stock = {(getattr(row, where), row.part_id): row.count for row in model.objects.all()}
        sums: Counter[tuple[int, int]] = Counter()
        for line in StockMovement.objects.exclude(**{where: None}).order_by("pk"):
            at = (getattr(line, where), line.part_id)
            sums[at] += line.change
            assert sums[at] >= 0, f"{line} of {line.booking} takes what is not there"
        assert {at: count for at, count in stock.items() if count} == {at: count for at, count in sums.items() if count}
    nowhere = StockMovement.objects.filter(van=None, depot=None).aggregate(n=Sum("change"))["n"]
    assert not nowhere
