"""A mark is another after any change of the rows it is about, even one of the same transaction, and after nothing else."""

from datetime import UTC, datetime

import pytest

from blisko.kit.marks import Question, asked, content_mark_of, mark_of
from blisko.kit.models import Step

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def a_step(subject: str) -> Step:
    return Step.objects.create(subject=subject, name="go", came_from="a", went_to="b", by="me", at=NOW)


def test_mark_is_another_after_every_change_and_the_same_after_none() -> None:
    mark = mark_of(Step, where="subject = %s", params=("one",))
    seen = [asked([mark])]
    one = a_step("one")
    seen.append(asked([mark]))
    a_step("two")
    assert asked([mark]) == seen[-1]
    for why in ("", "", "once more"):
        Step.objects.filter(pk=one.pk).update(why=why)
        seen.append(asked([mark]))
    one.delete()
    seen.append(asked([mark]))
    assert [mark in seen[:nr] for nr, mark in enumerate(seen)] == [False] * 5 + [True]  # nothing again


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
