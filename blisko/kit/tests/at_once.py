"""Do in a test what several people do at the same moment: one thread each, on a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Do everything at the same moment; answer what each gave, or the exception it ended in. Wants `django_db(transaction=True)`."""
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
