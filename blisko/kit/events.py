"""Tell upward: `emit()` writes one durable job per handler in the caller's own transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app as queue
from procrastinate.exceptions import AlreadyEnqueued

from blisko.kit.connections import drop_dead_connections

E = TypeVar("E", bound="Event")
PATIENCE = RetryStrategy(max_attempts=10, exponential_wait=2)
_handlers: dict[type["Event"], list[Any]] = {}


@dataclass(frozen=True)
class Event:
    """Something that happened: frozen, past tense, ids and values only (all JSON-able by msgspec)."""


def on(kind: type[E], *, one_by_one: str = "") -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Call the decorated function for every event of `kind`: after commit, at least once, retried up to ten times.

    The handler runs in a transaction of its own and must be safe to run twice. `one_by_one` names a field: the module's handlers
    that name it answer events of one value in the order in which they were told, a later one not before an earlier one is through.
    """

    def keep(handler: Callable[[E], None]) -> Callable[[E], None]:
        name = f"{handler.__module__}.{handler.__qualname__}:{kind.__name__}"

        @queue.task(name=name, queue="events", retry=PATIENCE)
        def run(**fields: Any) -> None:
            drop_dead_connections()
            with transaction.atomic():
                handler(msgspec.convert(fields, kind))

        _handlers.setdefault(kind, []).append((run, (handler.__module__, one_by_one)))
        return handler

    return keep


def emit(event: Event) -> None:
    """Queue `event` for its handlers, in the transaction the caller is in: rolled back together, committed together."""
    fields = msgspec.to_builtins(event)
    for task, (module, one_by_one) in _handlers.get(type(event), ()):
        lock = f"{module}:{one_by_one}:{fields[one_by_one]}" if one_by_one else None
        task.configure(lock=lock).defer(**fields)


def ask_once(name: str, queue_name: str, like: str, *, alone: str | None = None, after: float = 0.0, **fields: Any) -> None:
    """Queue a job in the caller's transaction, unless one `like` it waits already: that one does for both.

    `alone`: not while another job of that name is being done; it waits in the queue, not in a worker's hands.
    `after`: seconds to wait for more who ask.
    """
    soon = {"seconds": after} if after else None
    task = queue.configure_task(name, queue=queue_name, queueing_lock=like, lock=alone, schedule_in=soon)
    try:
        with transaction.atomic():
            task.defer(**fields)
    except AlreadyEnqueued:
        return


def handlers_of(kind: type[Event]) -> list[str]:
    """Answer the names of the handlers that listen to `kind`."""
    return [task.name for task, _ in _handlers.get(kind, ())]
