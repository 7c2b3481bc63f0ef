from collections.abc import Sequence
from datetime import datetime

from django.utils.text import slugify

from blisko.access.rules import Actor
from blisko.field.errors import BadStock, NoPlaceForStock
from blisko.field.models import DepotStock, Part, VanStock
from blisko.field.rules import StockKind
from blisko.field.services.booking import count_stock, set_minimum
from blisko.imports.ports import How, Outcome
from blisko.imports.rules.cells import Row
from blisko.imports.rules.columns import PLAIN, Column
from blisko.imports.services import land_each


class StockImporter:
    """How many of a part a van (by plate) or a depot (by code) holds, and how many are too few; what no line names stays."""

    permissions: tuple[str, ...] = ("field.see", "field.edit")
    key = ("van", "depot", "part")
    columns: tuple[Column, ...] = (
        Column("van", ("plate", "vehicle", "car", "samochód", "rejestracja", "nr rejestracyjny", "autó", "rendszám")),
        Column("depot", ("warehouse", "pick-up point", "store", "magazyn", "punkt odbioru", "raktár", "telephely", "átvételi pont")),
        Column(
            "part",
            ("part code", "part number", "item", "sku", "część", "kod części", "indeks", "alkatrész", "cikkszám", "alkatrész kódja"),
            required=True,
        ),
        Column("part_name", ("part name", "description", "item name", "nazwa części", "nazwa", "opis", "megnevezés", "alkatrész neve")),
        Column(
            "count",
            ("quantity", "qty", "stock", "on hand", "ilość", "stan", "liczba", "sztuk", "mennyiség", "készlet", "darab"),
            required=True,
        ),
        Column("minimum", ("min", "minimum stock", "stan minimalny", "min. stan", "minimális készlet")),
    )

    def land(self, rows: Sequence[Row], *, actor: Actor, now: datetime) -> list[Outcome]:
        """Land counts one by one."""
        return land_each(rows, lambda row: _land(row, actor=actor, now=now))


def _land(row: Row, *, actor: Actor, now: datetime) -> How:
    part, van = row.text("part", at_most=40, required=True), row.text("van", at_most=16)
    depot = slugify(row.text("depot", at_most=80).translate(PLAIN))[:40]
    if bool(van) == bool(depot):
        raise NoPlaceForStock
    row.text("count", required=True)
    count, minimum = _whole(row, "count") or 0, _whole(row, "minimum")
    name = row.text("part_name", at_most=120)
    before = (
        VanStock.objects.filter(van__plate=van, part__code=part).values_list("count", "minimum").first()
        if van
        else DepotStock.objects.filter(depot__code=depot, part__code=part).values_list("count", "minimum").first()
    )
    if name:
        Part.objects.get_or_create(code=part, defaults={"names": {"en": name}})
    if before is None or before[0] != count:
        count_stock({part: count}, van=van, depot=depot, kind=StockKind.IMPORT, actor=actor, now=now)
    if minimum is not None and (before is None or before[1] != minimum):
        set_minimum(part, minimum, van=van, depot=depot, actor=actor, now=now)
    if before is None:
        return How.ADDED
    return How.KNOWN if before == (count, before[1] if minimum is None else minimum) else How.CHANGED


def _whole(row: Row, name: str) -> int | None:
    """Answer the whole number in a column, None when empty; refuse `BadStock` for half a part."""
    found = row.number(name)
    if found is not None and found != int(found):
        raise BadStock(details={"column": row.called.get(name, name)})
    return None if found is None else int(found)
