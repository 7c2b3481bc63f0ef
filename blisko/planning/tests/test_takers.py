"""Who could be sent to what nobody goes to yet."""

from datetime import UTC, datetime

import pytest

from blisko.access.rules import SYSTEM
from blisko.field.queries import technicians_for
from blisko.field.rules import Place
from blisko.planning.models import Wish
from blisko.planning.queries import takers_of
from blisko.planning.rules.takers import Need, Taker, could_take
from blisko.planning.rules.wishes import WishKind
from blisko.planning.tests.make import a_visit_at, a_worker

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
ADAM = Taker(7, {"fibre": 2}, "north", frozenset({"old-town"}))
FIBRE = {"fibre": 2}


@pytest.mark.parametrize(
    ("need", "could"),
    [
        (Need({}, Place()), True),
        (Need(FIBRE, Place("old-town", "north")), True),
        (Need({"fibre": 3}, Place()), False),
        (Need({"mast": 1}, Place()), False),
        (Need(FIBRE, Place("", "south")), False),
        (Need(FIBRE, Place("suburb", "north")), False),
        (Need(FIBRE, Place(), only=frozenset({7, 8})), True),
        (Need(FIBRE, Place(), only=frozenset({8})), False),
        (Need(FIBRE, Place(), never=frozenset({7})), False),
    ],
)
def test_somebody_could_be_sent_where_skills_region_zone_and_wishes_let_him(need: Need, could: bool) -> None:
    assert could_take(ADAM, need) is could


def test_who_belongs_nowhere_in_particular_goes_anywhere() -> None:
    assert could_take(Taker(7, FIBRE), Need(FIBRE, Place("suburb", "south")))


@pytest.mark.django_db
def test_takers_are_read_with_their_skills_and_wishes() -> None:
    able, unwished, unable = a_worker(NOW), a_worker(NOW), a_worker(NOW, skills=())
    visit = a_visit_at(NOW)
    Wish.objects.create(visit=visit, technician=unwished, kind=WishKind.NEVER, at=NOW, by="user:7")
    everybody = list(technicians_for(SYSTEM))
    assert {one.pk for one in everybody} == {able.pk, unwished.pk, unable.pk}
    assert takers_of([visit], everybody) == {visit.pk: [able.pk]}
