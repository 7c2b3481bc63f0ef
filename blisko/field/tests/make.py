"""Plain factory functions for tests."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from blisko.access.rules import SYSTEM, Actor
from blisko.accounts.models import User
from blisko.accounts.queries import actor_for
from blisko.field.models import Technician
from blisko.field.services import add_shift, add_technician

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


def actor_of(technician: Technician) -> Actor:
    """Answer the technician as the actor he is when signed in."""
    return actor_for(User.objects.get(pk=technician.user_id))
