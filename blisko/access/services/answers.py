from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from blisko.access.errors import KeyReused, StillAtIt
from blisko.access.models import Answered


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answered: HTTP status and JSON body."""

    status: int
    body: Any
    replayed: bool = False


@transaction.atomic
def answer_once(holder: str, key: str, request_hash: bytes, do: Callable[[], Answer], *, now: datetime) -> Answer:
    """Do what was asked under this idempotency key once; asked again, answer what was answered then.

    The answer is written in the transaction of the change. A refusal changes nothing and is not kept: asking again tries again.
    Refuses `KeyReused` for the same key with another request, `StillAtIt` while the first one is under way.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"{holder} {key}"])
        (ours,) = cursor.fetchone()
    if not ours:
        raise StillAtIt
    known = Answered.objects.filter(holder=holder, key=key).first()
    if known is None:
        made = do()
        Answered.objects.create(holder=holder, key=key, request_hash=request_hash, status=made.status, body=made.body, at=now)
        return made
    if bytes(known.request_hash) != request_hash or known.status is None:
        raise KeyReused
    return Answer(known.status, known.body, replayed=True)
