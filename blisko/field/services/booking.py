"""The book of stock: every change of what vans and depots hold is a line in it, written once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from blisko.access.rules import Actor, require
from blisko.access.services import write_audit
from blisko.field.errors import BookingTaken, NoSuchDepot, NoSuchVan, NoVan
from blisko.field.models import Depot, Part, StockBooking, StockMovement, Technician, Van
from blisko.field.queries import working_technician
from blisko.field.rules import COUNTS, StockKind, booked_lines, check_parts


@transaction.atomic
def use_parts(
    technician_id: int, parts: Mapping[str, int], *, op: UUID, actor: Actor, now: datetime, visit_id: int | None = None
) -> StockBooking:
    """Book parts (code to count, made when new) out of a technician's van, for a visit; `now`: when he used them.

    Never refused for want of stock: a part in the wall was there, so a correction says that the books did not know of it. Answers what
    the operation `op` booked, the first time and ever after.
    """
    who = working_technician(actor, technician_id)
    check_parts(parts, least=1)
    booking, new = _begin(op, StockKind.USE, actor=actor, now=now, visit_id=visit_id)
    if new:
        write_lines(booking, _locked(who), {part: -count for part, count in parts_called(parts).items()})
    return booking


@transaction.atomic
def take_parts(technician_id: int, depot: str, parts: Mapping[str, int], *, op: UUID, actor: Actor, now: datetime) -> StockBooking:
    """Book parts (code to count) from a depot into a technician's van; answers what `op` booked, the first time and ever after."""
    return _carry(StockKind.TAKE, technician_id, depot, parts, op=op, actor=actor, now=now)


@transaction.atomic
def return_parts(technician_id: int, depot: str, parts: Mapping[str, int], *, op: UUID, actor: Actor, now: datetime) -> StockBooking:
    """Book parts (code to count) from a technician's van back into a depot; answers what `op` booked, the first time and ever after."""
    return _carry(StockKind.RETURN, technician_id, depot, parts, op=op, actor=actor, now=now)


@transaction.atomic
def count_van(technician_id: int, counts: Mapping[str, int], *, op: UUID, actor: Actor, now: datetime) -> StockBooking:
    """Say how many of each part a technician's van carried at `now`; parts not counted stay as they are.

    What was booked after `now` stands on top of the count. Answers what `op` booked, the first time and ever after.
    """
    who = working_technician(actor, technician_id)
    check_parts(counts, least=0)
    booking, new = _begin(op, StockKind.COUNT, actor=actor, now=now)
    if new:
        write_lines(booking, _his_van(who), parts_called(counts))
    return booking


@transaction.atomic
def count_stock(
    counts: Mapping[str, int],
    *,
    actor: Actor,
    now: datetime,
    van: str = "",
    depot: str = "",
    op: UUID | None = None,
    kind: StockKind = StockKind.COUNT,
) -> StockBooking:
    """Say how many of each part a van (by plate) or a depot (by code) holds; parts not counted stay. `kind`: a count or an import."""
    require(actor, "field.edit")
    check_parts(counts, least=0)
    booking, new = _begin(op or uuid4(), kind, actor=actor, now=now)
    if new:
        place = _place_called(van, depot)
        write_lines(booking, place, parts_called(counts))
        write_audit(actor, "count_stock", _subject(place), now=now, detail={"op": str(booking.op)})
    return booking


@transaction.atomic
def set_minimum(part: str, minimum: int | None, *, actor: Actor, now: datetime, van: str = "", depot: str = "") -> None:
    """Say of how many of a part in a van or a depot fewer are too few; None: of as many as the next days want."""
    require(actor, "field.edit")
    check_parts({part: minimum or 0}, least=0)
    place = _place_called(van, depot)
    [known] = parts_called({part: 0})
    place.stock.update_or_create(part=known, defaults={"minimum": minimum}, create_defaults={"minimum": minimum, "count": 0})
    write_audit(actor, "set_minimum", _subject(place), now=now, detail={"part": part, "minimum": minimum})


def restock(place: Van | Depot, counts: Mapping[str, int], *, actor: Actor, now: datetime) -> None:
    """Book that a van or depot holds these parts and no others, for services that say it whole."""
    booking, _ = _begin(uuid4(), StockKind.COUNT, actor=actor, now=now)
    place = _locked_place(place)
    gone = dict.fromkeys((row.part for row in place.stock.select_related("part").exclude(part__code__in=counts)), 0)
    write_lines(booking, place, gone | parts_called(counts))
    place.stock.filter(part__in=gone, minimum=None, count=0).delete()


def write_lines(booking: StockBooking, place: Van | Depot | None, wanted: Mapping[Part, int]) -> None:
    """Write the lines of a booking at one place, which is locked, and make its stock what they add up to; None: at no place.

    `wanted`: how many more or fewer of each part, or how many there are where the booking is a count.
    """
    kind = StockKind(booking.kind)
    where: dict[str, Any] = {"van": place} if isinstance(place, Van) else {"depot": place} if place else {}
    rows: Any = place.stock.model.objects if place else None  # of either kind
    stock: dict[int, Any] = {row.part_id: row for row in rows.filter(part__in=wanted, **where)} if place else {}
    later: dict[int, list[tuple[StockKind, int]]] = {}
    if place:
        for part_id, other, change in place.movements.filter(part__in=wanted, at__gt=booking.at).values_list("part_id", "kind", "change"):
            later.setdefault(part_id, []).append((StockKind(other), change))
    written, fresh = [], []
    for part, value in wanted.items():
        row = stock.get(part.pk)
        book = row.count if row else 0
        lines = booked_lines(kind, book, value, later.get(part.pk, ()))
        written += [StockMovement(booking=booking, part=part, kind=each, change=change, at=booking.at, **where) for each, change in lines]
        left = book + sum(change for _, change in lines)
        if row:
            row.count = left
        elif place and (left or kind in COUNTS):
            fresh.append(rows.model(part=part, count=left, **where))
    StockMovement.objects.bulk_create(written)
    if place:
        rows.bulk_update(stock.values(), ["count"])
        rows.bulk_create(fresh)


def parts_called(counts: Mapping[str, int]) -> dict[Part, int]:
    """Answer the parts with these codes, made when new, and how many; always in one order, so that two who book do not wait in a ring."""
    known = Part.objects.in_bulk(list(counts), field_name="code")
    found = {}
    for code in sorted(counts):
        part = known.get(code) or Part.objects.get_or_create(code=code, defaults={"names": {"en": code}})[0]
        found[part] = counts[code]
    return found


def _begin(op: UUID, kind: StockKind, *, actor: Actor, now: datetime, visit_id: int | None = None) -> tuple[StockBooking, bool]:
    """Answer the booking of an operation and whether it is new; whoever comes with the same `op` meanwhile waits here for its end."""
    booking, new = StockBooking.objects.get_or_create(op=op, defaults={"kind": kind, "at": now, "by": actor.id, "visit_id": visit_id})
    if (booking.kind, booking.by) != (kind, actor.id):
        raise BookingTaken
    return booking, new


def _carry(
    kind: StockKind, technician_id: int, depot: str, parts: Mapping[str, int], *, op: UUID, actor: Actor, now: datetime
) -> StockBooking:
    who = working_technician(actor, technician_id)
    check_parts(parts, least=1)
    booking, new = _begin(op, kind, actor=actor, now=now)
    if new:
        wanted, into_van = parts_called(parts), 1 if kind == StockKind.TAKE else -1
        shelf = _depot_called(depot)  # always locked before the van
        if not shelf.endless:
            write_lines(booking, shelf, {part: -into_van * count for part, count in wanted.items()})
        write_lines(booking, _his_van(who), {part: into_van * count for part, count in wanted.items()})
    return booking


def _his_van(who: Technician) -> Van:
    van = _locked(who)
    if van is None:
        raise NoVan
    return van


def _locked(who: Technician) -> Van | None:
    return Van.objects.select_for_update(no_key=True).get(pk=who.van_id) if who.van_id else None


def _locked_place(place: Van | Depot) -> Van | Depot:
    return type(place).objects.select_for_update(no_key=True).get(pk=place.pk)


def _place_called(plate: str, code: str) -> Van | Depot:
    """Answer the van with this plate or else the depot with this code, locked."""
    if not plate:
        return _depot_called(code)
    van = Van.objects.select_for_update(no_key=True).filter(plate=plate).first()
    if van is None:
        raise NoSuchVan(details={"van": plate})
    return van


def _depot_called(code: str) -> Depot:
    depot = Depot.objects.select_for_update(no_key=True).filter(code=code.replace("\0", " ")).first()  # no code has either
    if depot is None:
        raise NoSuchDepot(details={"depot": code})
    return depot


def _subject(place: Van | Depot) -> str:
    return f"{'van' if isinstance(place, Van) else 'depot'}:{place.pk}"
