"""A mark is another after any change of the rows it is about, even one of the same transaction, and after nothing else."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from blisko.kit.jobs import forget_changes
from blisko.kit.marks import MOST_NOTES, Question, asked, content_mark_of, mark_of, watch
from blisko.kit.models import Step

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def a_step(subject: str) -> Step:
    return Step.objects.create(subject=subject, name="go", came_from="a", went_to="b", by="me", at=NOW)


@pytest.fixture
def steps() -> Question:
    """The mark of the steps, which this test's transaction lets note their changes."""
    with connection.cursor() as cursor:
        cursor.execute(str(watch("kit_step")[0].sql))
    return mark_of(Step)


def notes() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kit_change WHERE place = 'kit_step'")
        return int(cursor.fetchone()[0])


def test_mark_is_another_after_every_change_and_the_same_after_none(steps: Question) -> None:
    seen = [asked([steps])]
    one = a_step("one")
    seen.append(asked([steps]))
    Step.objects.filter(subject="nobody's").update(why="nothing changes")
    Step.objects.filter(subject="nobody's").delete()
    assert asked([steps]) == seen[-1]
    for why in ("", "", "once more"):
        Step.objects.filter(pk=one.pk).update(why=why)
        seen.append(asked([steps]))
    one.delete()
    seen.append(asked([steps]))
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE kit_step")
    seen.append(asked([steps]))
    assert len(set(seen)) == len(seen) == 7


def test_mark_is_another_after_a_change_that_follows_one_taken_back(steps: Question) -> None:
    one, seen = a_step("one"), [asked([steps])]
    for why in ("taken back", "taken back, too"):
        with suppress(ZeroDivisionError), transaction.atomic():
            Step.objects.filter(pk=one.pk).update(why=why)
            seen.append(asked([steps]))
            raise ZeroDivisionError
        assert asked([steps]) == seen[0]
    assert len(set(seen)) == 3


@pytest.mark.django_db(transaction=True)
def test_notes_become_one_and_who_remembers_reads_once_more() -> None:
    with connection.cursor() as cursor:
        cursor.execute(str(watch("kit_step")[0].sql))
    try:
        mark, before = mark_of(Step), notes()
        for nr in range(MOST_NOTES - before):
            a_step(str(nr))
        first = asked([mark])
        forget_changes(0)
        assert (asked([mark]), notes()) == (first, MOST_NOTES)
        a_step("one more")
        seen = asked([mark])
        forget_changes(0)
        assert asked([mark]) not in (first, seen)
        assert notes() == 1
    finally:
        with connection.cursor() as cursor:
            cursor.execute(str(watch("kit_step")[0].reverse_sql))


def test_change_that_is_not_yet_written_for_good_stays_noted_when_notes_become_one(steps: Question) -> None:
    a_step("one")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO kit_change SELECT 'kit_step', -n, gen_random_uuid() FROM generate_series(1, %s) n", (MOST_NOTES,))
    forget_changes(0)
    assert notes() == 1  # this transaction's own
    seen = asked([steps])
    a_step("two")
    assert asked([steps]) != seen


def test_mark_of_some_columns_follows_what_stands_in_them() -> None:
    one, mark = a_step("one"), content_mark_of(Step, "id", "why")
    first = asked([mark])
    Step.objects.filter(pk=one.pk).update(name="come")
    assert asked([mark]) == first
    Step.objects.filter(pk=one.pk).update(why="because")
    assert asked([mark]) != first
    Step.objects.filter(pk=one.pk).update(why="")
    assert asked([mark]) == first


def test_questions_are_answered_in_their_order_and_those_about_nothing_with_nothing() -> None:
    a_step("one")
    found = asked([Question("SELECT %s::int + 1", (41,)), Question("SELECT by FROM kit_step"), Question("SELECT 1 WHERE FALSE")])
    assert found == (42, "me", None)
