"""Do in a test what several people do at the same moment: one thread each, on a connection of its own."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeAlias

import pytest
from django.db import connection

AtOnce: TypeAlias = Callable[..., list[object]]


@pytest.fixture
def at_once(transactional_db: None) -> Iterator[AtOnce]:
    """Do everything given at the same moment; answers what each gave, or the exception it ended in."""
    _forget_jobs()
    yield _at_once
    _forget_jobs()  # Django empties only its own tables


def _forget_jobs() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def _at_once(*deeds: Callable[[], object]) -> list[object]:
    gate = Barrier(len(deeds))

    def go(deed: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            gate.wait(timeout=20)
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        done = [pool.submit(go, deed) for deed in deeds]
    return [one.exception() or one.result() for one in done]
