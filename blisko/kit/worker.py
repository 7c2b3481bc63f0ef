"""The worker: does jobs, and lets what a job tells be part of that job's own transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from procrastinate import App, BaseConnector, PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params

from blisko.kit.jobs import HEARTBEAT, STALLED_AFTER


class WorkersConnector(PsycopgConnector):
    """Fetches and settles jobs on connections of its own; jobs told by a job's code go through Django's.

    Procrastinate's own worker writes those on another connection, too: they would be seen before the commit of what they are
    about, and survive its rollback.
    """

    def __init__(self, own: BaseConnector) -> None:
        super().__init__(kwargs=connector_params())
        self._own = own

    def get_sync_connector(self) -> BaseConnector:
        return self._own


@contextmanager
def workers_queue() -> Iterator[App]:
    """The queue as a worker needs it."""
    with app.replace_connector(WorkersConnector(app.connector)) as queue:
        yield queue


def work(*, concurrency: int, drain: float) -> None:
    """Do jobs until SIGTERM or SIGINT; `drain`: seconds that jobs get to finish then."""
    with workers_queue() as queue:
        asyncio.run(_work(queue, concurrency, drain))


async def _work(queue: App, concurrency: int, drain: float) -> None:
    async with queue.open_async():
        await queue.run_worker_async(
            concurrency=concurrency,
            shutdown_graceful_timeout=drain,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=STALLED_AFTER,
        )
