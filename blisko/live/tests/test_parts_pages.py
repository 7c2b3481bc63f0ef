"""The pages about parts: the technician's, whose forms are booked once, and the manager's."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from blisko.access.rules import SYSTEM
from blisko.accounts.services import add_user
from blisko.field.models import DepotStock, StockMovement, Technician, VanStock
from blisko.field.services import set_depot, set_van, use_parts
from blisko.field.tests.make import a_driver, a_technician, actor_of, assert_books_are_right
from blisko.kit import clock
from blisko.planning.services import assign_visit
from blisko.visits.models import JobType
from blisko.visits.tests.make import a_visit

pytestmark = pytest.mark.django_db
SECRET = "a long enough secret"


def signed_in(email: str) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": email, "password": SECRET})
    return client


def phone_of(one: Technician) -> Client:
    return signed_in(one.user.email)


def desk(role: str = "manager") -> Client:
    add_user(actor=SYSTEM, now=clock.now(), email=f"{role}@example.com", name=role, roles=[role], password=SECRET)
    return signed_in(f"{role}@example.com")


def a_day(parts: dict[str, int]) -> Technician:
    """A technician whose van carries these parts and whose one visit wants two ONT and a HDMI."""
    now = clock.now()
    one = a_driver(now, parts=parts, password=SECRET)
    visit = a_visit(now, starts_in=timedelta(minutes=1))
    JobType.objects.update(kit=[{"part": "ONT", "count": 2}, {"part": "HDMI"}])
    assign_visit(visit.pk, one.pk, actor=SYSTEM, now=now)
    return one


def a_depot(code: str = "base", parts: dict[str, int] | None = None) -> None:
    set_depot(code, name=f"Depot {code}", lat=52.01, lon=19.21, parts=parts, actor=SYSTEM, now=clock.now())


def page(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def fields_of(form: str) -> dict[str, list[str]]:
    """What a browser would send of a form untouched."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r' name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            found.setdefault(name[1], []).append(value[1] if value else "")
    return found


def form_for(html: str, operation: str) -> dict[str, list[str]]:
    found = re.search(rf'<form[^>]*data-operation="{operation}".*?</form>', html, re.DOTALL)
    assert found, operation
    return fields_of(found[0])


def stock() -> dict[str, int]:
    return dict(VanStock.objects.values_list("part__code", "count"))


def test_day_says_what_is_missing_where_it_is_and_what_the_way_costs_and_one_tap_takes_it() -> None:
    one = a_day({"ONT": 1})
    a_depot(parts={"ONT": 9, "HDMI": 9})
    client = phone_of(one)
    day = page(client, "/t/")
    assert "some are missing" in day and "1 × ONT" in day and "Depot base" in day
    parts = page(client, "/t/parts/")
    assert re.search(r"\d+ minutes? more", parts) and "open 00:00–23:59" in parts
    form = form_for(parts, "take_parts")
    assert (form["depot"], form["part"], form["count"]) == (["base"], ["HDMI", "ONT"], ["1", "1"])
    for _ in range(2):
        assert client.post("/t/parts/take/", form).status_code == 302
    assert stock() == {"ONT": 2, "HDMI": 1}
    assert "all there" in page(client, "/t/") and "Everything your visits want" in page(client, "/t/parts/")
    assert_books_are_right()


def test_count_says_only_what_was_changed_and_is_booked_once() -> None:
    one = a_day({"ONT": 4, "HDMI": 2})
    client = phone_of(one)
    form = form_for(page(client, "/t/parts/"), "count_van")
    use_parts(one.pk, {"HDMI": 1}, op=uuid4(), actor=actor_of(one), now=clock.now())
    form["count"][form["part"].index("ONT")] = "7"
    for _ in range(2):
        assert client.post("/t/parts/count/", form).status_code == 302
    assert stock() == {"ONT": 7, "HDMI": 1}
    counts = StockMovement.objects.filter(kind="count").count()
    assert client.post("/t/parts/count/", form_for(page(client, "/t/parts/"), "count_van")).status_code == 302
    assert StockMovement.objects.filter(kind="count").count() == counts
    assert_books_are_right()


def test_parts_are_taken_and_brought_back_by_hand() -> None:
    one = a_day({"ONT": 4})
    a_depot()
    a_depot("shelf", {"SFP": 5})
    client = phone_of(one)
    html = page(client, "/t/parts/")
    carry = {"depot": ["shelf"], "part": ["SFP"], "count": ["2"]}
    by_hand = html[html.index("<details") :]
    client.post("/t/parts/take/", {**form_for(by_hand, "take_parts"), **carry})
    client.post("/t/parts/return/", {**form_for(html, "return_parts"), **carry, "count": ["1"]})
    assert (stock(), DepotStock.objects.get().count) == ({"ONT": 4, "SFP": 1}, 4)
    assert_books_are_right()


def test_page_of_a_van_nobody_counts_says_so_and_who_has_no_van_or_no_visit_is_not_asked() -> None:
    one = a_day({})
    client = phone_of(one)
    assert "not counted" in page(client, "/t/") and "2 × ONT" in page(client, "/t/parts/")
    walker = phone_of(a_technician(clock.now(), password=SECRET))
    html = page(walker, "/t/parts/")
    assert "You drive no van" in html and "No visit is still to come" in html and "Parts for today" not in page(walker, "/t/")
    assert walker.post("/t/parts/count/", {"op": "0" * 32, "part": "ONT", "count": "1", "was": "0"}).status_code == 409


def test_nothing_open_in_time_is_said() -> None:
    assert "No depot has any of it in time" in page(phone_of(a_day({"SFP": 1})), "/t/parts/")


@pytest.mark.parametrize(
    ("path", "odd"),
    [
        ("count", {"op": "x", "part": "ONT", "count": "1", "was": "0"}),
        ("count", {"op": "0" * 32, "part": "ONT", "count": "-1", "was": "0"}),
        ("count", {"op": "0" * 32, "part": "a\0", "count": "1", "was": "0"}),
        ("take", {"op": "0" * 32, "part": "ONT", "count": "1", "depot": "nowhere"}),
        ("take", {"op": "0" * 32, "part": "ONT", "count": "1", "depot": "\0"}),
        ("return", {"part": "ONT", "count": "1"}),
    ],
)
def test_what_no_form_of_ours_sends_is_refused_on_the_page_itself(path: str, odd: dict[str, str]) -> None:
    one = a_day({"ONT": 4})
    answer = phone_of(one).post(f"/t/parts/{path}/", odd)
    assert answer.status_code in (404, 409, 422) and 'id="parts"' in answer.content.decode()
    assert stock() == {"ONT": 4}


def test_manager_sees_what_is_too_few_and_what_the_books_did_not_know_and_counts_a_van() -> None:
    one = a_day({"ONT": 1})
    a_depot(parts={"SFP": 2})
    use_parts(one.pk, {"SFP": 3}, op=uuid4(), visit_id=7, actor=actor_of(one), now=clock.now())
    client = desk()
    html = page(client, "/stock/")
    assert "the next three days want more" in html and one.name in html and "not in the books" in html
    van = VanStock.objects.get().van_id
    form = fields_of(page(client, f"/stock/vans/{van}/").partition("/count/")[2].partition("</form>")[0])
    form |= {"count": ["5", "2"], "minimum": ["6", ""], "part": ["ONT", "HDMI"]}
    assert client.post(f"/stock/vans/{van}/count/", form).status_code == 302
    assert stock() == {"ONT": 5, "HDMI": 2}
    assert "below the minimum" in page(client, "/stock/")
    form = fields_of(page(client, f"/stock/vans/{van}/").partition("/count/")[2].partition("</form>")[0])
    form["minimum"][form["part"].index("ONT")] = ""
    assert client.post(f"/stock/vans/{van}/count/", form).status_code == 302
    assert not VanStock.objects.exclude(minimum=None).exists()
    assert client.post("/stock/depots/base/count/", {"part": ["SFP"], "count": ["9"], "was": ["2"]}).status_code == 302
    assert client.post("/stock/depots/base/count/", {"part": ["SFP"], "count": ["x"], "was": ["2"]}).status_code == 422
    phone_of(one).post("/t/parts/count/", {"op": str(uuid4()), "part": "ONT", "count": "4", "was": "5"})
    book, differences = page(client, "/stock/movements/"), page(client, "/stock/movements/?only=differences&page=x")
    assert "used" in book and 'href="/day/visits/7/"' in book and 'pill-warn">+3' in differences
    assert ">used<" not in differences and "<strong>-1</strong>" in differences
    assert DepotStock.objects.get().count == 9
    assert_books_are_right()


def test_dispatcher_looks_and_changes_nothing_and_a_technician_sees_none_of_it() -> None:
    one = a_day({"ONT": 1})
    van = VanStock.objects.get().van_id
    set_van("BL / 2", actor=SYSTEM, now=clock.now())
    client, phone = desk("dispatcher"), phone_of(one)
    for path in ("/stock/", "/stock/movements/", f"/stock/vans/{van}/"):
        assert (client.get(path).status_code, phone.get(path).status_code) == (200, 403)
    assert "<form class" not in page(client, f"/stock/vans/{van}/")
    said: dict[str, Any] = {"part": "ONT", "count": "5", "was": "1"}
    assert [client.post(f"/stock/vans/{nr}/count/", said).status_code for nr in (van, van + 99)] == [403, 404]
    assert client.get("/stock/depots/nowhere/").status_code == 404
    assert stock() == {"ONT": 1}
