"""Who does which visit when, for programs."""

from typing import Annotated

from ninja import Router, Schema, Status
from pydantic import Field

from blisko.kit import clock
from blisko.kit.api import Cursor, Id, Limit, Moment, Page, page_of
from blisko.kit.requests import HouseRequest
from blisko.planning import queries, services
from blisko.planning.models import Assignment, Told, Wish
from blisko.planning.rules.wishes import LEAD, SECOND, PinKind, WishKind

router = Router()


class AssignmentIn(Schema):
    technician_id: Id
    starts_at: Moment | None = None
    seat: Annotated[int, Field(ge=LEAD, le=SECOND, description="Of a crew: 1 leads, 2 comes along.")] = LEAD


class AssignmentOut(Schema):
    id: int
    visit_id: int
    technician_id: int
    starts_at: Moment
    ends_at: Moment
    seat: int
    pins: list[PinKind]

    @classmethod
    def of(cls, made: Assignment) -> "AssignmentOut":
        return cls(
            id=made.pk,
            visit_id=made.visit_id,
            technician_id=made.technician_id,
            starts_at=made.during.lower,
            ends_at=made.during.upper,
            seat=made.seat,
            pins=sorted(PinKind(pin.kind) for pin in made.pins.all()),
        )


class PinsIn(Schema):
    kinds: Annotated[list[PinKind], Field(max_length=2, description="What stays; none: the planner is free again.")]


class WishIn(Schema):
    kind: WishKind


class WishOut(Schema):
    technician_id: int
    kind: WishKind

    @classmethod
    def of(cls, wish: Wish) -> "WishOut":
        return cls(technician_id=wish.technician_id, kind=WishKind(wish.kind))


class ToldOut(Schema):
    technician_id: Annotated[int | None, Field(description="Null: nobody was named.")]
    told_from: Moment
    told_to: Moment
    at: Moment

    @classmethod
    def of(cls, told: Told) -> "ToldOut":
        return cls(technician_id=told.technician_id, told_from=told.told_from, told_to=told.told_to, at=told.at)


@router.get("/assignments", response=Page[AssignmentOut], operation_id="list_assignments")
def list_assignments(request: HouseRequest, starts: Moment, ends: Moment, cursor: Cursor = "", limit: Limit = 50) -> Page[AssignmentOut]:
    """Assignments that touch the stretch of time, in the order they were made."""
    return page_of(queries.plan_between(request.actor, starts, ends), AssignmentOut.of, order=("pk",), cursor=cursor, limit=limit)


@router.post("/visits/{visit_id}/assignment", response={201: AssignmentOut}, operation_id="assign_visit")
def assign_visit(request: HouseRequest, visit_id: Id, body: AssignmentIn) -> Status[AssignmentOut]:
    """Give a visit to a technician, at `starts_at` or in the first gap of its window; 409 when he is taken then."""
    made = services.assign_visit(
        visit_id, body.technician_id, actor=request.actor, now=clock.now(), starts_at=body.starts_at, seat=body.seat
    )
    return Status(201, AssignmentOut.of(made))


@router.delete("/visits/{visit_id}/assignment", response={204: None}, operation_id="unassign_visit")
def unassign_visit(request: HouseRequest, visit_id: Id) -> Status[None]:
    """Take a visit from its technician."""
    services.unassign_visit(visit_id, actor=request.actor, now=clock.now())
    return Status(204, None)


@router.put("/visits/{visit_id}/pins", response={204: None}, operation_id="pin_visit")
def pin_visit(request: HouseRequest, visit_id: Id, body: PinsIn) -> Status[None]:
    """Let the planner leave a visit with its technician, at its time, or both; 409 while nobody has it."""
    services.pin_visit(visit_id, kinds=body.kinds, actor=request.actor, now=clock.now())
    return Status(204, None)


@router.get("/visits/{visit_id}/wishes", response=list[WishOut], operation_id="list_wishes")
def list_wishes(request: HouseRequest, visit_id: Id) -> list[WishOut]:
    """Who had better do a visit, who must not, and who alone may."""
    return [WishOut.of(wish) for wish in queries.wishes_for(request.actor, visit_id, now=clock.now())]


@router.put("/visits/{visit_id}/wishes/{technician_id}", response=WishOut, operation_id="set_wish")
def set_wish(request: HouseRequest, visit_id: Id, technician_id: Id, body: WishIn) -> WishOut:
    """Say whether this technician had better do the visit, must not, or alone may."""
    return WishOut.of(services.set_wish(visit_id, technician_id, body.kind, actor=request.actor, now=clock.now()))


@router.delete("/visits/{visit_id}/wishes/{technician_id}", response={204: None}, operation_id="drop_wish")
def drop_wish(request: HouseRequest, visit_id: Id, technician_id: Id) -> Status[None]:
    """Wish nothing of this technician any more."""
    services.drop_wish(visit_id, technician_id, actor=request.actor, now=clock.now())
    return Status(204, None)


@router.get("/visits/{visit_id}/told", response=list[ToldOut], operation_id="list_told")
def list_told(request: HouseRequest, visit_id: Id) -> list[ToldOut]:
    """What messages made the customer expect, newest first."""
    return [ToldOut.of(told) for told in queries.told_for(request.actor, visit_id, now=clock.now())]
