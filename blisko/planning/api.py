"""Who does which visit when, for programs."""

from datetime import date, timedelta
from typing import Annotated

from ninja import Router, Schema, Status
from pydantic import Field

from blisko.kit import clock
from blisko.kit.api import Code, Cursor, Id, Limit, Moment, Page, page_of
from blisko.kit.requests import HouseRequest
from blisko.planning import queries, services
from blisko.planning.models import Assignment, PlanRun, Told, Wish
from blisko.planning.queries.slots import Slot
from blisko.planning.rules.wishes import LEAD, SECOND, PinKind, WishKind

router = Router()
Day = Annotated[date, Field(ge=date(1970, 1, 1), lt=date(2200, 1, 1), description="A local day, like 2026-11-24.")]
DayCount = Annotated[int, Field(ge=1, le=31, description="How many days, the first one included.")]


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


class SlotOut(Schema):
    starts: Moment
    ends: Moment
    detour_minutes: Annotated[float, Field(description="What it costs in driving.")]
    nearby: Annotated[bool, Field(description="Somebody is close by then anyway.")]

    @classmethod
    def of(cls, slot: Slot) -> "SlotOut":
        return cls(starts=slot.starts, ends=slot.ends, detour_minutes=round(slot.detour.total_seconds() / 60, 1), nearby=slot.nearby)


@router.get("/visits/{visit_id}/slots", response=list[SlotOut], operation_id="list_slots_of_visit")
def list_slots_of_visit(request: HouseRequest, visit_id: Id, first: Day, days: DayCount = 7) -> list[SlotOut]:
    """The windows to which a visit could be moved, the best first: nobody else would be told anything new."""
    wanted = [first + timedelta(days=each) for each in range(days)]
    return [SlotOut.of(slot) for slot in queries.offer_slots(request.actor, visit_id, wanted, now=clock.now())]


@router.get("/sites/{site_id}/slots", response=list[SlotOut], operation_id="list_slots_at_site")
def list_slots_at_site(request: HouseRequest, site_id: Id, job_type: Code, first: Day, days: DayCount = 7) -> list[SlotOut]:
    """The windows that could be promised for a new visit at a site, the best first."""
    wanted = [first + timedelta(days=each) for each in range(days)]
    return [SlotOut.of(slot) for slot in queries.offer_new_slots(request.actor, site_id, job_type, wanted, now=clock.now())]


class PlanRunIn(Schema):
    day: Day
    region: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,40}$", description="Empty: whoever and whatever belongs to no region.")] = ""
    seconds: Annotated[int, Field(ge=1, le=3600, description="How long to look for a better plan.")] | None = None


class PlanRunOut(Schema):
    id: int
    day: date
    region: str
    state: str
    progress: Annotated[int, Field(description="Per cent.")]
    points: float | None
    version_id: int | None

    @classmethod
    def of(cls, run: PlanRun) -> "PlanRunOut":
        return cls(
            id=run.pk, day=run.day, region=run.region, state=run.state, progress=run.progress, points=run.points, version_id=run.version_id
        )


@router.get("/plan-runs", response=Page[PlanRunOut], operation_id="list_plan_runs")
def list_plan_runs(request: HouseRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[PlanRunOut]:
    """Planning runs, the newest first."""
    return page_of(queries.plan_runs(request.actor), PlanRunOut.of, order=("-pk",), cursor=cursor, limit=limit)


@router.post("/plan-runs", response={201: PlanRunOut}, operation_id="start_plan_run")
def start_plan_run(request: HouseRequest, body: PlanRunIn) -> Status[PlanRunOut]:
    """Plan a day of a region anew, as a job; 409 while it is being planned already."""
    run = services.start_plan_run(body.day, region=body.region, seconds=body.seconds, actor=request.actor, now=clock.now())
    return Status(201, PlanRunOut.of(run))


@router.get("/plan-runs/{run_id}", response=PlanRunOut, operation_id="get_plan_run")
def get_plan_run(request: HouseRequest, run_id: Id) -> PlanRunOut:
    """How far a run is."""
    return PlanRunOut.of(queries.plan_run_for(request.actor, run_id))


@router.delete("/plan-runs/{run_id}", response={204: None}, operation_id="cancel_plan_run")
def cancel_plan_run(request: HouseRequest, run_id: Id) -> Status[None]:
    """Stop a run; the day's plan stays as it was."""
    services.cancel_plan_run(run_id, actor=request.actor, now=clock.now())
    return Status(204, None)
