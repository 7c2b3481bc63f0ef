"""Stock comes in by sheets and by the API, too: line by line, and into the same book."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from blisko.access.rules import SYSTEM
from blisko.access.services import issue_api_key, reveal_token
from blisko.field.models import DepotStock, Part, StockMovement, VanStock
from blisko.field.services import set_depot, set_van
from blisko.field.services.stock_sheets import StockImporter
from blisko.field.tests.make import assert_books_are_right
from blisko.imports.ports import Refused
from blisko.imports.rules.cells import Row
from blisko.imports.tests.make import an_xlsx, imported, reasons
from blisko.kit import clock

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def ground() -> None:
    set_van("BL 1", parts={"ONT": 2}, actor=SYSTEM, now=NOW)
    set_depot("lodz", name="Łódź", lat=52.0, lon=19.0, parts={}, actor=SYSTEM, now=NOW)


def land(*lines: dict[str, object]) -> list[str]:
    rows = [Row(number, cells, {}, ZoneInfo("Europe/Warsaw")) for number, cells in enumerate(lines, 2)]
    outcomes = StockImporter().land(rows, actor=SYSTEM, now=NOW)
    return [type(one.why).__name__ if isinstance(one, Refused) else str(one) for one in outcomes]


def stock(model: Any) -> list[tuple[str, int, int | None]]:
    return list(model.objects.order_by("part__code").values_list("part__code", "count", "minimum"))


def test_line_of_stock_lands_is_known_again_and_changes() -> None:
    module = {"depot": "Łódź", "part": "SFP", "part_name": "Moduł", "count": "7", "minimum": 3}
    assert land({"van": "BL 1", "part": "ONT", "count": 2}, module) == ["known", "added"]
    assert land({"depot": "lodz", "part": "SFP", "count": 7.0}, {"depot": "lodz", "part": "SFP", "count": 7, "minimum": 3}) == ["known"] * 2
    assert land({"van": "BL 1", "part": "ONT", "count": 5}, {"van": "BL 1", "part": "ONT", "count": 5, "minimum": 1}) == ["changed"] * 2
    assert (stock(VanStock), stock(DepotStock)) == ([("ONT", 5, 1)], [("SFP", 7, 3)])
    assert Part.objects.get(code="SFP").names == {"en": "Moduł"}
    assert list(StockMovement.objects.filter(kind="import").values_list("change", flat=True)) == [7, 3]
    assert_books_are_right()


def test_each_bad_line_of_stock_is_refused_for_itself() -> None:
    good = {"van": "BL 1", "part": "ONT", "count": 5}
    assert land(
        {**good, "van": ""}, {**good, "depot": "lodz"}, {**good, "part": ""}, {**good, "count": ""}, {**good, "count": "x"},
        {**good, "count": -1}, {**good, "count": 1.5}, {**good, "minimum": -1}, {**good, "van": "?"},
        {"depot": "?x", "part": "ONT", "count": 1},
    ) == [
        "NoPlaceForStock", "NoPlaceForStock", "EmptyCell", "EmptyCell", "NotANumber", "BadStock", "BadStock", "BadStock", "NoSuchVan",
        "NoSuchDepot",
    ]  # fmt: skip
    assert stock(VanStock) == [("ONT", 2, None)]


def test_sheet_of_stock_lands_from_csv_and_xlsx_and_tells_the_numbers_of_bad_lines() -> None:
    csv = "Rejestracja;Magazyn;Kod części;Stan\nBL 1;;ONT;4\n;lodz;ONT;9\nBL 1;;ONT;5\n;;ONT;1\nBL 1;;SFP;-2\nBL 1;;HDMI;3\n"
    run = imported("stock", csv, NOW)
    assert ([line for line, _ in reasons(run)], run.added, run.changed) == ([4, 5, 6], 2, 1)
    assert (stock(VanStock), stock(DepotStock)) == ([("HDMI", 3, None), ("ONT", 4, None)], [("ONT", 9, None)])
    again = imported("stock", an_xlsx(["van", "part", "quantity"], ["BL 1", "ONT", 4], ["BL 1", "HDMI", 1]), NOW, file="stan.xlsx")
    assert (again.known, again.changed, reasons(again)) == (1, 1, [])
    assert_books_are_right()


def api(*scopes: str) -> Any:
    key = issue_api_key("erp", scopes, actor=SYSTEM, now=clock.now())
    client = Client(headers={"Authorization": f"Bearer {reveal_token(key.pk)}"})

    def call(method: str, path: str, body: object = None) -> tuple[int, Any]:
        sent = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        answer = client.generic(method, f"/api/v1/field{path}", **sent)
        return answer.status_code, answer.json()

    return call


def test_program_counts_reads_stock_and_minimums_and_the_book() -> None:
    call, op = api("field.see", "field.edit"), str(uuid4())
    for _ in range(2):
        answer = call("PUT", "/vans/BL%201/stock", {"counts": [{"part": "HDMI", "count": 4}], "op": op})
        assert answer == (200, [{"part": "HDMI", "count": 4, "minimum": None}, {"part": "ONT", "count": 2, "minimum": None}])
    assert call("PUT", "/vans/BL%201/stock/ONT/minimum", {"minimum": 3})[1][1] == {"part": "ONT", "count": 2, "minimum": 3}
    assert call("PUT", "/depots/lodz/stock", {"counts": [{"part": "SFP", "count": 1}]})[0] == 200
    assert call("PUT", "/depots/lodz/stock/SFP/minimum", {"minimum": None})[0] == 200
    assert call("GET", "/depots/lodz/stock") == (200, [{"part": "SFP", "count": 1, "minimum": None}])
    assert len(call("GET", "/vans/BL%201/stock")[1]) == 2
    status, page = call("GET", "/movements?limit=2")
    assert (status, [(one["van"], one["depot"], one["part"], one["change"], one["kind"]) for one in page["items"]]) == (
        200, [(None, "lodz", "SFP", 1, "count"), ("BL 1", None, "HDMI", 4, "count")],
    )  # fmt: skip
    assert page["items"][1]["op"] == op and page["items"][1]["by"].startswith("key:")
    assert [one["part"] for one in call("GET", f"/movements?cursor={page['next']}")[1]["items"]] == ["ONT"]
    assert call("GET", "/movements?differences=true")[1]["items"] == []  # a program set them; nobody counted
    assert_books_are_right()


def test_program_is_refused_what_it_may_not_or_what_makes_no_sense() -> None:
    see, edit = api("field.see"), api("field.see", "field.edit")
    counts = {"counts": [{"part": "ONT", "count": 4}]}
    assert see("PUT", "/vans/BL%201/stock", counts)[0] == 403
    assert [edit("PUT", path, counts)[0] for path in ("/vans/none/stock", "/depots/none/stock")] == [404, 404]
    assert [see("GET", path)[0] for path in ("/vans/none/stock", "/depots/none/stock")] == [404, 404]
    assert edit("PUT", "/vans/BL%201/stock", {"counts": [{"part": "ONT", "count": -1}]})[0] == 422
    assert edit("PUT", "/vans/BL%201/stock", {**counts, "op": "x"})[0] == 422
    assert stock(VanStock) == [("ONT", 2, None)]
