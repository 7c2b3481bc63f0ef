"""What vans and depots hold, and the book of it, for programs."""

from typing import Annotated, Literal
from uuid import UUID

from ninja import Router, Schema
from pydantic import Field

from blisko.field import queries, services
from blisko.field.api.ground import PartCount, Plate, Thing
from blisko.field.models import Depot, StockMovement, Van
from blisko.kit import clock
from blisko.kit.api import Code, Cursor, Id, Limit, Moment, Page, page_of
from blisko.kit.requests import HouseRequest

router = Router()
Number = Annotated[int, Field(ge=0, le=1_000_000)]


class StockOut(Schema):
    part: str
    count: int
    minimum: Annotated[int | None, Field(description="Fewer are too few; null: as many as the next days want.")]


class CountsIn(Schema):
    """How many there are of some parts; parts not named stay as they are."""

    counts: Annotated[list[PartCount], Field(max_length=2000, description="Codes, made when new, and how many there are.")]
    op: Annotated[UUID | None, Field(description="Names the count: sent again it changes nothing. Null: a count of its own.")] = None


class MinimumIn(Schema):
    minimum: Annotated[Number | None, Field(description="Fewer are too few; null: as many as the next days want.")] = None


class MovementOut(Schema):
    """One line of the book of stock. A correction is what the books did not know; the lines of a place and part add up to its stock."""

    id: Id
    op: UUID
    kind: Literal["opening", "take", "return", "use", "count", "import", "correction"]
    van: str | None
    depot: str | None
    part: str
    change: int
    at: Moment
    by: str
    visit_id: int | None

    @classmethod
    def of(cls, line: StockMovement) -> "MovementOut":
        return cls.model_validate(
            {
                "id": line.pk,
                "op": line.booking_id,
                "kind": line.kind,
                "van": line.van.plate if line.van else None,
                "depot": line.depot.code if line.depot else None,
                "part": line.part.code,
                "change": line.change,
                "at": line.at,
                "by": line.booking.by,
                "visit_id": line.booking.visit_id,
            }
        )


def _stock(place: Van | Depot) -> list[StockOut]:
    rows = [StockOut(part=row.part.code, count=row.count, minimum=row.minimum) for row in place.stock.all()]
    return sorted(rows, key=lambda row: row.part)


@router.get("/vans/{plate}/stock", response=list[StockOut], operation_id="get_van_stock")
def get_van_stock(request: HouseRequest, plate: Plate) -> list[StockOut]:
    """What a van carries."""
    return _stock(queries.van_called(request.actor, plate))


@router.put("/vans/{plate}/stock", response=list[StockOut], operation_id="count_van_stock")
def count_van_stock(request: HouseRequest, plate: Plate, body: CountsIn) -> list[StockOut]:
    """Say how many of some parts a van carries."""
    counts = {one.part: one.count for one in body.counts}
    services.count_stock(counts, van=plate, op=body.op, actor=request.actor, now=clock.now())
    return _stock(queries.van_called(request.actor, plate))


@router.put("/vans/{plate}/stock/{part}/minimum", response=list[StockOut], operation_id="set_van_minimum")
def set_van_minimum(request: HouseRequest, plate: Plate, part: Thing, body: MinimumIn) -> list[StockOut]:
    """Say of how many of a part in a van fewer are too few."""
    services.set_minimum(part, body.minimum, van=plate, actor=request.actor, now=clock.now())
    return _stock(queries.van_called(request.actor, plate))


@router.get("/depots/{code}/stock", response=list[StockOut], operation_id="get_depot_stock")
def get_depot_stock(request: HouseRequest, code: Code) -> list[StockOut]:
    """What a depot holds; an endless one is not counted."""
    return _stock(queries.depot_for(request.actor, code))


@router.put("/depots/{code}/stock", response=list[StockOut], operation_id="count_depot_stock")
def count_depot_stock(request: HouseRequest, code: Code, body: CountsIn) -> list[StockOut]:
    """Say how many of some parts a depot holds."""
    counts = {one.part: one.count for one in body.counts}
    services.count_stock(counts, depot=code, op=body.op, actor=request.actor, now=clock.now())
    return _stock(queries.depot_for(request.actor, code))


@router.put("/depots/{code}/stock/{part}/minimum", response=list[StockOut], operation_id="set_depot_minimum")
def set_depot_minimum(request: HouseRequest, code: Code, part: Thing, body: MinimumIn) -> list[StockOut]:
    """Say of how many of a part in a depot fewer are too few."""
    services.set_minimum(part, body.minimum, depot=code, actor=request.actor, now=clock.now())
    return _stock(queries.depot_for(request.actor, code))


@router.get("/movements", response=Page[MovementOut], operation_id="list_stock_movements")
def list_stock_movements(
    request: HouseRequest,
    differences: Annotated[bool, Field(description="Only what the books did not know.")] = False,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[MovementOut]:
    """The book of stock, newest first."""
    rows = queries.movements_for(request.actor, differences=differences)
    return page_of(rows, MovementOut.of, order=("-pk",), cursor=cursor, limit=limit)
