from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from blisko.kit.events import Event, emit, on
from blisko.kit.tests.work import do_jobs

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
heard: list[object] = []


@dataclass(frozen=True)
class KettleBoiled(Event):
    kettle_id: int
    at: datetime


@on(KettleBoiled)
def pour(event: KettleBoiled) -> None:
    heard.append(event)


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE %s AND status = 'todo'", ["%test_events.pour%"])
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_event_is_gone_when_the_transaction_rolls_back() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        emit(KettleBoiled(1, AT))
        assert waiting() == 1
        raise ZeroDivisionError
    assert waiting() == 0


@pytest.mark.django_db
def test_handler_gets_the_event_it_was_told_with_its_types() -> None:
    heard.clear()
    emit(KettleBoiled(7, AT))
    do_jobs()
    assert heard == [KettleBoiled(7, AT)]


@dataclass(frozen=True)
class KettleFilled(Event):
    kettle_id: int


@on(KettleFilled, one_by_one="kettle_id")
def light(event: KettleFilled) -> None: ...


@pytest.mark.django_db
def test_events_of_one_thing_are_answered_one_by_one_where_a_handler_asks_for_it() -> None:
    emit(KettleFilled(7))
    emit(KettleBoiled(7, AT))
    with connection.cursor() as cursor:
        cursor.execute("SELECT lock FROM procrastinate_jobs WHERE task_name LIKE %s ORDER BY id", ["%test_events.%"])
        assert [lock for (lock,) in cursor.fetchall()] == [f"{__name__}:kettle_id:7", None]
