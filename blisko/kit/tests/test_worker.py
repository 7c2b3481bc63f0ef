"""Inside a worker, too, what is told belongs to the transaction in which it is told; and how a job ended is written down in any case."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status

from blisko.kit.events import Event, emit, on
from blisko.kit.worker import WorkersConnector, workers_queue

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
NAME = "%test_worker.ring%"


@dataclass(frozen=True)
class BellRang(Event):
    bell_id: int
    at: datetime


@on(BellRang)
def ring(event: BellRang) -> None:
    raise AssertionError("nobody works in this test")


def seen_by_others() -> int:
    """How many such jobs a connection outside of the transaction sees."""
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE %s", [NAME])
        return int(cursor.fetchone()[0])


def tell_and_fall() -> int:
    """Do what a handler does in a worker's thread: tell, then fall; answer what others saw meanwhile."""
    seen = 0
    try:
        with transaction.atomic():
            emit(BellRang(1, AT))
            seen = seen_by_others()
            raise ZeroDivisionError
    except ZeroDivisionError:
        return seen
    finally:
        connection.close()


async def in_a_worker(queue: App) -> int:
    async with queue.open_async():
        return await sync_to_async(tell_and_fall, thread_sensitive=False)()


@pytest.mark.django_db(transaction=True)
def test_job_told_in_a_worker_is_gone_when_its_handler_falls() -> None:
    # A thread of its own, for a browser test before this one may have left a loop running in ours.
    with workers_queue() as queue, ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, in_a_worker(queue)).result() == 0
    assert seen_by_others() == 0


async def settled(queue: App, retried: bool) -> str:
    """Take a job as a worker does, settle it and answer its state."""
    async with queue.open_async():
        manager = queue.job_manager
        me = await manager.register_worker()
        job = await manager.fetch_job(queues=["bells"], worker_id=me)
        assert job is not None
        if retried:
            await queue.configure_task("bell", queue="bells", queueing_lock="bell").defer_async()
            await manager.retry_job(job)
        else:
            await manager.finish_job(job, status=Status.SUCCEEDED, delete_job=False)
        await manager.unregister_worker(me)
        rows = await queue.connector.execute_query_all_async("SELECT status FROM procrastinate_jobs WHERE id = %(id)s", id=job.id)
    return str(rows[0]["status"])


def settled_in_a_worker(connector: type[WorkersConnector] = WorkersConnector, *, retried: bool = False) -> str:
    app.configure_task("bell", queue="bells", queueing_lock="bell").defer()
    with workers_queue(connector) as queue, ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, settled(queue, retried)).result(30)


class AwayAtFirst(WorkersConnector):
    """A database that starts anew just when a job has ended."""

    tries = 0

    async def execute_query_async(self, query: Any, **args: Any) -> None:
        if "finish_job" in query:
            AwayAtFirst.tries += 1
            if AwayAtFirst.tries <= 2:
                raise ConnectorException from psycopg.OperationalError("the database system is starting up")
        await super().execute_query_async(query, **args)


class Refusing(WorkersConnector):
    """A database that knows no such job."""

    async def execute_query_async(self, query: Any, **args: Any) -> None:
        if "finish_job" in query:
            raise ConnectorException from psycopg.errors.RaiseException("Job was not found")
        await super().execute_query_async(query, **args)


@pytest.mark.django_db(transaction=True)
def test_how_a_job_ended_is_written_down_once_the_database_is_back() -> None:
    assert (settled_in_a_worker(AwayAtFirst), AwayAtFirst.tries) == ("succeeded", 3)


@pytest.mark.django_db(transaction=True)
def test_refusal_of_the_database_is_not_taken_for_its_absence() -> None:
    with pytest.raises(ConnectorException):
        settled_in_a_worker(Refusing)


@pytest.mark.django_db(transaction=True)
def test_job_that_fails_while_one_of_its_kind_waits_leaves_the_work_to_that_one() -> None:
    assert settled_in_a_worker(retried=True) == "aborted"
