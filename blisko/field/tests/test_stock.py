"""The book of stock: booked once, never below nothing, always what the stock is; and what the books did not know is marked."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blisko.access.errors import Forbidden
from blisko.access.rules import SYSTEM
from blisko.accounts.tests.make import an_actor
from blisko.field import queries, services
from blisko.field.errors import BadStock, BookingTaken, NoSuchDepot, NoSuchTechnician, NoSuchVan, NoVan
from blisko.field.models import DepotStock, Part, StockBooking, StockMovement, Technician, Van, VanStock
from blisko.field.rules import StockKind, booked_lines, check_parts, read_counts
from blisko.field.tests.make import a_driver, a_technician, actor_of, assert_books_are_right

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MANAGER, DISPATCHER = an_actor("manager"), an_actor("dispatcher")
USE, COUNT, TAKE, CORRECTION = StockKind.USE, StockKind.COUNT, StockKind.TAKE, StockKind.CORRECTION


def carried(van: str = "BL 1") -> dict[str, int]:
    return dict(VanStock.objects.filter(van__plate=van).values_list("part__code", "count"))


def held(depot: str = "base") -> dict[str, int]:
    return dict(DepotStock.objects.filter(depot__code=depot).values_list("part__code", "count"))


def lines_of(booking: StockBooking) -> list[tuple[str, int]]:
    return list(booking.lines.order_by("pk").values_list("kind", "change"))


def a_depot(code: str = "base", parts: dict[str, int] | None = None, **also: Any) -> None:
    services.set_depot(code, name=code, lat=52.0, lon=19.2, parts=parts, actor=SYSTEM, now=NOW, **also)


@pytest.mark.parametrize(
    ("kind", "book", "value", "later", "lines"),
    [
        (USE, 5, -2, [], [(USE, -2)]),
        (USE, 1, -2, [], [(CORRECTION, 1), (USE, -2)]),
        (USE, 5, -2, [(USE, -1)], [(USE, -2)]),
        (USE, 5, -2, [(COUNT, 0)], [(CORRECTION, 2), (USE, -2)]),
        (TAKE, 5, 2, [(COUNT, 3)], [(TAKE, 2), (CORRECTION, -2)]),
        (COUNT, 5, 3, [], [(COUNT, -2)]),
        (COUNT, 5, 5, [], [(COUNT, 0)]),
        (COUNT, 4, 5, [(USE, -1)], [(COUNT, 0)]),
        (COUNT, 4, 0, [(USE, -1)], [(CORRECTION, 1), (COUNT, -5)]),
        (COUNT, 0, 5, [(CORRECTION, 1), (USE, -1)], [(COUNT, 4)]),
        (COUNT, 7, 5, [(COUNT, 2)], [(COUNT, 0)]),
    ],
)
def test_line_is_booked_with_what_the_books_did_not_know(
    kind: StockKind, book: int, value: int, later: list[tuple[StockKind, int]], lines: list[tuple[StockKind, int]]
) -> None:
    assert booked_lines(kind, book, value, later) == lines


@pytest.mark.parametrize(
    ("parts", "least"), [({"": 1}, 1), ({"x" * 41: 1}, 1), ({"a\0": 1}, 1), ({"a": 0}, 1), ({"a": -1}, 0), ({"a": 10**7}, 0)]
)
def test_part_without_a_name_or_with_an_odd_number_is_refused(parts: dict[str, int], least: int) -> None:
    with pytest.raises(BadStock):
        check_parts(parts, least=least)


def test_form_says_only_what_somebody_changed_and_only_numbers() -> None:
    assert read_counts(["ONT", "HDMI", " SFP "], ["1", "0", "3"], ["1", "2", ""]) == {"HDMI": 0, "SFP": 3}
    assert read_counts(["ONT", "HDMI"], ["1"]) == {"ONT": 1}
    for odd in ("-1", "x", "1.5", "²", "9" * 10):
        with pytest.raises(BadStock):
            read_counts(["ONT"], [odd])


@pytest.mark.django_db
def test_parts_go_from_the_depot_into_the_van_into_the_wall_and_back_and_each_operation_is_booked_once() -> None:
    a_depot(parts={"ONT": 10})
    one = a_driver(NOW, parts={"ONT": 1})
    me, ops = actor_of(one), [uuid4() for _ in range(3)]
    for _ in range(2):
        services.take_parts(one.pk, "base", {"ONT": 4}, op=ops[0], actor=me, now=NOW)
        used = services.use_parts(one.pk, {"ONT": 2}, op=ops[1], visit_id=7, actor=me, now=NOW)
        services.return_parts(one.pk, "base", {"ONT": 1}, op=ops[2], actor=me, now=NOW)
        assert (carried(), held(), lines_of(used), used.visit_id) == ({"ONT": 2}, {"ONT": 7}, [("use", -2)], 7)
    assert queries.used_for([7, 8]) == {7: {"ONT": 2}}
    assert_books_are_right()


@pytest.mark.django_db
def test_more_used_than_the_books_say_is_booked_with_a_marked_correction() -> None:
    one = a_driver(NOW, parts={"ONT": 1})
    booking = services.use_parts(one.pk, {"ONT": 3, "HDMI": 1}, op=uuid4(), actor=actor_of(one), now=NOW)
    assert lines_of(booking) == [("correction", 1), ("use", -1), ("correction", 2), ("use", -3)]
    assert carried() == {"ONT": 0}
    assert {line.part.code for line in queries.movements_for(MANAGER, differences=True).filter(kind=CORRECTION)} == {"ONT", "HDMI"}
    assert_books_are_right()


@pytest.mark.django_db
def test_depot_and_van_that_hold_fewer_than_are_carried_away_are_corrected_and_an_endless_depot_is_not_counted() -> None:
    a_depot(parts={"ONT": 1})
    a_depot("all", parts=None)
    one = a_driver(NOW)
    me = actor_of(one)
    services.take_parts(one.pk, "base", {"ONT": 2}, op=uuid4(), actor=me, now=NOW)
    services.return_parts(one.pk, "base", {"ONT": 3}, op=uuid4(), actor=me, now=NOW)
    services.take_parts(one.pk, "all", {"ONT": 5}, op=uuid4(), actor=me, now=NOW)
    assert (carried(), held(), held("all")) == ({"ONT": 5}, {"ONT": 3}, {})
    assert_books_are_right()


@pytest.mark.django_db
def test_parts_used_by_who_drives_no_van_are_booked_at_no_place_and_nothing_else_of_his_is() -> None:
    a_depot(parts={"ONT": 1})
    one = a_technician(NOW)
    common: dict[str, Any] = {"actor": actor_of(one), "now": NOW}
    assert lines_of(services.use_parts(one.pk, {"ONT": 2}, op=uuid4(), **common)) == [("correction", 2), ("use", -2)]
    with pytest.raises(NoVan):
        services.count_van(one.pk, {"ONT": 2}, op=uuid4(), **common)
    with pytest.raises(NoVan):
        services.take_parts(one.pk, "base", {"ONT": 1}, op=uuid4(), **common)
    assert_books_are_right()


@pytest.mark.django_db
def test_count_that_comes_late_from_a_telephone_stands_below_what_happened_since() -> None:
    one = a_driver(NOW, parts={"ONT": 5, "HDMI": 1})
    me = actor_of(one)
    services.use_parts(one.pk, {"ONT": 1}, op=uuid4(), actor=me, now=NOW + 2 * HOUR)
    services.count_van(one.pk, {"ONT": 9}, op=uuid4(), actor=me, now=NOW + HOUR)
    assert carried() == {"ONT": 8, "HDMI": 1}
    services.count_van(one.pk, {"ONT": 3}, op=uuid4(), actor=me, now=NOW + 4 * HOUR)
    services.use_parts(one.pk, {"ONT": 1}, op=uuid4(), actor=me, now=NOW + 3 * HOUR)  # the count had seen it
    services.count_van(one.pk, {"ONT": 50}, op=uuid4(), actor=me, now=NOW + HOUR)
    assert carried() == {"ONT": 3, "HDMI": 1}
    assert_books_are_right()


@pytest.mark.django_db
def test_nobody_books_for_a_stranger_nor_with_an_operation_that_was_another() -> None:
    one, other = a_driver(NOW, parts={"ONT": 5}), a_driver(NOW, "BL 2")
    op = uuid4()
    services.use_parts(one.pk, {"ONT": 1}, op=op, actor=actor_of(one), now=NOW)
    for actor in (actor_of(other), DISPATCHER):
        with pytest.raises(NoSuchTechnician):
            services.use_parts(one.pk, {"ONT": 1}, op=uuid4(), actor=actor, now=NOW)
    with pytest.raises(NoSuchTechnician):
        services.use_parts(10**9, {"ONT": 1}, op=uuid4(), actor=MANAGER, now=NOW)
    with pytest.raises(BookingTaken):
        services.use_parts(other.pk, {"ONT": 1}, op=op, actor=actor_of(other), now=NOW)
    with pytest.raises(BookingTaken):
        services.count_van(one.pk, {"ONT": 1}, op=op, actor=actor_of(one), now=NOW)
    with pytest.raises(BadStock):
        services.use_parts(one.pk, {"ONT": 0}, op=uuid4(), actor=actor_of(one), now=NOW)
    assert carried() == {"ONT": 4}


@pytest.mark.django_db
def test_manager_counts_a_van_and_a_depot_and_says_what_is_too_few() -> None:
    a_depot(parts={"ONT": 1})
    one = a_driver(NOW, parts={"ONT": 1})
    op = uuid4()
    for _ in range(2):
        services.count_stock({"ONT": 4}, van="BL 1", op=op, actor=MANAGER, now=NOW)
    services.count_stock({"HDMI": 2}, depot="base", actor=MANAGER, now=NOW)
    services.set_minimum("ONT", 3, van="BL 1", actor=MANAGER, now=NOW)
    services.set_minimum("SFP", 3, depot="base", actor=MANAGER, now=NOW)
    services.set_minimum("ONT", None, depot="base", actor=MANAGER, now=NOW)
    assert (carried(), held()) == ({"ONT": 4}, {"ONT": 1, "HDMI": 2, "SFP": 0})
    assert VanStock.objects.get().minimum == 3
    services.set_van("BL 1", actor=MANAGER, now=NOW)
    assert (carried(), StockMovement.objects.filter(van__plate="BL 1").count()) == ({"ONT": 0}, 3)
    for wrong, kind in (({"van": "BL 9"}, NoSuchVan), ({"depot": "x"}, NoSuchDepot), ({}, NoSuchDepot)):
        with pytest.raises(kind):
            services.count_stock({"ONT": 1}, actor=MANAGER, now=NOW, **wrong)
    for change in (
        lambda: services.count_stock({"ONT": 1}, van="BL 1", actor=actor_of(one), now=NOW),
        lambda: services.set_minimum("ONT", 1, van="BL 1", actor=DISPATCHER, now=NOW),
    ):
        with pytest.raises(Forbidden):
            change()
    assert_books_are_right()


@pytest.mark.django_db
def test_part_that_came_after_the_van_was_said_whole_stays_in_it() -> None:
    one = a_driver(NOW, parts={"ONT": 5})
    a_depot(parts=None)
    services.take_parts(one.pk, "base", {"ONT": 2}, op=uuid4(), actor=actor_of(one), now=NOW + HOUR)
    services.set_van("BL 1", actor=SYSTEM, now=NOW)
    assert carried() == {"ONT": 2}
    assert_books_are_right()


@pytest.mark.django_db
def test_reader_sees_vans_depots_and_the_book_as_far_as_he_may() -> None:
    services.set_region("r", name="R", actor=SYSTEM, now=NOW)
    services.set_region("s", name="S", actor=SYSTEM, now=NOW)
    services.set_team("t", name="T", region="r", actor=SYSTEM, now=NOW)
    a_depot("here", parts={"ONT": 1}, region="r")
    a_depot("there", region="s")
    a_depot("anywhere")
    a_depot("closed", active=False)
    one = a_driver(NOW, parts={"ONT": 2}, team="t")
    van = queries.own_van(actor_of(one))
    assert van is not None and van.load.parts == {"ONT": 2}
    assert queries.own_van(actor_of(a_technician(NOW))) is None
    assert [depot.code for depot in queries.pickup_points_of(actor_of(one))] == ["anywhere", "here"]
    assert (queries.van_for(DISPATCHER, van.pk), queries.depot_for(DISPATCHER, "closed").active) == (van, False)
    with pytest.raises(NoSuchVan):
        queries.van_for(DISPATCHER, van.pk + 1)
    with pytest.raises(NoSuchDepot):
        queries.depot_for(DISPATCHER, "x")
    for ask in (lambda who: queries.van_for(who, van.pk), lambda who: queries.depot_for(who, "here"), queries.movements_for):
        with pytest.raises(Forbidden):
            ask(actor_of(one))
    assert queries.names_of_parts(["ONT", "nothing"]) == {"ONT": {"en": "ONT"}, "nothing": {"en": "nothing"}}


PARTS = st.sampled_from(["ONT", "HDMI", "SFP"])
STEP = st.tuples(
    st.sampled_from(["use", "take", "return", "count", "count_stock", "import", "set_van", "set_depot"]),
    st.sampled_from([0, 1]),  # who
    st.dictionaries(PARTS, st.integers(1, 4), min_size=1, max_size=3),
    st.integers(-180, 180),  # minutes before or after now: telephones were away
    st.integers(1, 2),  # how often it is sent
)


def _do(step: str, who: Technician, parts: dict[str, int], *, op: UUID, at: datetime) -> StockBooking | None:
    mine: dict[str, Any] = {"op": op, "actor": actor_of(who), "now": at}
    van = Van.objects.get(pk=who.van_id).plate
    match step:
        case "use":
            return services.use_parts(who.pk, parts, visit_id=1, **mine)
        case "take":
            return services.take_parts(who.pk, "base", parts, **mine)
        case "return":
            return services.return_parts(who.pk, "base", parts, **mine)
        case "count":
            return services.count_van(who.pk, parts, **mine)
        case "count_stock":
            return services.count_stock(parts, depot="base", op=op, actor=MANAGER, now=at)
        case "import":
            return services.count_stock(parts, van=van, op=op, kind=StockKind.IMPORT, actor=MANAGER, now=at)
        case "set_van":
            services.set_van(van, parts=parts, actor=MANAGER, now=at)
        case _:
            a_depot(parts=parts)
    return None


@pytest.mark.django_db(transaction=False)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=14), order=st.randoms(use_true_random=False))
def test_no_sequence_of_operations_makes_stock_negative_or_books_anything_twice(steps: list[Any], order: Any, db: None) -> None:
    mark = uuid4().hex[:6]
    a_depot(parts={"ONT": 3})
    people = [a_driver(NOW, f"{mark} {nr}", parts={"ONT": 2}) for nr in range(2)]
    sent = [(nr, step) for nr, step in enumerate(steps) for _ in range(step[4])]
    order.shuffle(sent)
    ops = [uuid4() for _ in steps]
    first: dict[int, list[tuple[str, int]]] = {}
    used: dict[UUID, dict[str, int]] = {}
    for nr, (what, who, parts, minutes, _) in sent:
        booking = _do(what, people[who], parts, op=ops[nr], at=NOW + timedelta(minutes=minutes))
        if booking is not None:
            assert lines_of(booking) == first.setdefault(nr, lines_of(booking)), "an operation sent again answers what it booked"
            if what == "use":
                used[booking.op] = parts
        assert_books_are_right()
    lines = StockMovement.objects.filter(kind=USE, booking__in=used)
    assert sorted((str(line.booking_id), line.part.code, -line.change) for line in lines.select_related("part")) == sorted(
        (str(op), code, count) for op, parts in used.items() for code, count in parts.items()
    )
    assert Part.objects.filter(code__in=["ONT"]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_operations_that_come_at_the_same_moment_are_booked_once_each_and_one_after_the_other() -> None:
    a_depot(parts={"ONT": 40})
    people = [a_driver(NOW, f"BL {nr}", parts={"ONT": 5}) for nr in range(2)]
    ops = [(nr, uuid4()) for nr in (0, 1) for _ in range(4)]

    def carry(who: int, op: UUID) -> None:
        try:
            services.take_parts(people[who].pk, "base", {"ONT": 2}, op=op, actor=actor_of(people[who]), now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(carry, who, op) for who, op in ops * 3]:
            done.result()
    assert (carried("BL 0"), carried("BL 1"), held()) == ({"ONT": 13}, {"ONT": 13}, {"ONT": 24})
    assert_books_are_right()


@pytest.mark.django_db
def test_book_begins_with_what_vans_and_depots_held_before_there_was_one() -> None:
    a_depot(parts={"ONT": 10})
    a_driver(NOW, parts={"ONT": 1, "HDMI": 0})
    StockMovement.objects.all().delete()
    StockBooking.objects.all().delete()
    migration = import_module("blisko.field.migrations.0006_stock_ledger")
    migration.open_the_book(apps, None)
    assert sorted(StockMovement.objects.values_list("kind", "change")) == [("opening", 0), ("opening", 1), ("opening", 10)]
    assert_books_are_right()
    VanStock.objects.all().delete()
    DepotStock.objects.all().delete()
    migration.open_the_book(apps, None)
    assert StockBooking.objects.count() == 1
