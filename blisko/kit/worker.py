"""The worker: does jobs, and lets what a job tells be part of that job's own transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

from procrastinate import App, BaseConnector, PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status
from procrastinate.manager import JobManager
from psycopg import OperationalError

from blisko.kit.jobs import HEARTBEAT, STALLED_AFTER

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds between two tries to reach the database
LOOK_EVERY = 0.1  # seconds; nobody tells of a job whose time has come, so it waits that long at most


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


class WorkersJobs(JobManager):
    """Writes down how a job ended however long the database is away: a living worker's job is nobody else's to rescue.

    Procrastinate's own gives up at once; the job would then count as being done, and hold its lock, until that worker ends.
    """

    async def finish_job_by_id_async(self, job_id: int, status: Status, delete_job: bool) -> None:
        """Settle a job for good."""
        await _once_heard(super().finish_job_by_id_async, job_id, status, delete_job)

    async def retry_job_by_id_async(self, job_id: int, *args: Any, **wishes: Any) -> None:
        """Let a job be done again; where one of its kind, of which only one may wait, waits already, that one does its work."""
        try:
            await _once_heard(super().retry_job_by_id_async, job_id, *args, **wishes)
        except UniqueViolation:
            await self.finish_job_by_id_async(job_id, Status.ABORTED, False)


async def _once_heard(tell: Callable[..., Awaitable[None]], *args: Any, **wishes: Any) -> None:
    """Tell the database, again and again while it cannot be reached; anything it answers ends that."""
    pause = FIRST_PAUSE
    while True:
        try:
            return await tell(*args, **wishes)
        except ConnectorException as fault:
            if not isinstance(fault.__cause__, OperationalError):
                raise
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


@contextmanager
def workers_queue(connector: type[WorkersConnector] = WorkersConnector) -> Iterator[App]:
    """The queue as a worker needs it."""
    with app.replace_connector(connector(app.connector)) as queue:
        usual, queue.job_manager = queue.job_manager, WorkersJobs(queue.connector)
        try:
            yield queue
        finally:
            queue.job_manager = usual


def work(*, concurrency: int, drain: float, only: Collection[str] | None = None, but: Collection[str] = ()) -> None:
    """Do jobs of all queues, or `only` of some and `but` not of others, until SIGTERM or SIGINT, with `drain` seconds to finish then."""
    with workers_queue() as queue:
        queues = {task.queue for task in queue.tasks.values()} if only is None else set(only)
        asyncio.run(_work(queue, sorted(queues - set(but)), concurrency, drain))


async def _work(queue: App, queues: list[str], concurrency: int, drain: float) -> None:
    async with queue.open_async():
        await queue.run_worker_async(
            queues=queues,
            concurrency=concurrency,
            fetch_job_polling_interval=LOOK_EVERY,
            shutdown_graceful_timeout=drain,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=STALLED_AFTER,
        )
