"""Who does which visit when, for programs."""

from ninja import Router, Schema, Status

from blisko.kit import clock
from blisko.kit.api import Cursor, Id, Limit, Moment, Page, page_of
from blisko.kit.requests import HouseRequest
from blisko.planning import queries, services
from blisko.planning.models import Assignment

router = Router()


class AssignmentIn(Schema):
    technician_id: Id
    starts_at: Moment | None = None


class AssignmentOut(Schema):
    id: int
    visit_id: int
    technician_id: int
    starts_at: Moment
    ends_at: Moment

    @classmethod
    def of(cls, made: Assignment) -> "AssignmentOut":
        return cls(
            id=made.pk, visit_id=made.visit_id, technician_id=made.technician_id, starts_at=made.during.lower, ends_at=made.during.upper
        )


@router.get("/assignments", response=Page[AssignmentOut], operation_id="list_assignments")
def list_assignments(request: HouseRequest, starts: Moment, ends: Moment, cursor: Cursor = "", limit: Limit = 50) -> Page[AssignmentOut]:
    """Assignments that touch the stretch of time, in the order they were made."""
    return page_of(queries.plan_between(request.actor, starts, ends), AssignmentOut.of, order=("pk",), cursor=cursor, limit=limit)


@router.post("/visits/{visit_id}/assignment", response={201: AssignmentOut}, operation_id="assign_visit")
def assign_visit(request: HouseRequest, visit_id: Id, body: AssignmentIn) -> Status[AssignmentOut]:
    """Give a visit to a technician, at `starts_at` or in the first gap of its window; 409 when he is taken then."""
    made = services.assign_visit(visit_id, body.technician_id, actor=request.actor, now=clock.now(), starts_at=body.starts_at)
    return Status(201, AssignmentOut.of(made))


@router.delete("/visits/{visit_id}/assignment", response={204: None}, operation_id="unassign_visit")
def unassign_visit(request: HouseRequest, visit_id: Id) -> Status[None]:
    """Take a visit from its technician."""
    services.unassign_visit(visit_id, actor=request.actor, now=clock.now())
    return Status(204, None)
