"""Inside a worker, too, what is told belongs to the transaction in which it is told."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction
from procrastinate import App

from blisko.kit.events import Event, emit, on
from blisko.kit.worker import workers_queue

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
