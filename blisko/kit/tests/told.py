"""What services told: the events written for their handlers, whether those have run or not."""

import json
from typing import TypeVar

import msgspec
from django.db import connection

from blisko.kit.events import Event, handlers_of

E = TypeVar("E", bound=Event)


def events_told(kind: type[E]) -> list[E]:
    """Answer the events of one kind in the order they were told; somebody must listen to them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [handlers_of(kind)[0]])
        rows = [row[0] for row in cursor.fetchall()]
    return [msgspec.convert(args if isinstance(args, dict) else json.loads(args), kind) for args in rows]
