"""Visits and job types for programs."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from ninja import Router, Schema, Status
from pydantic import Field

from blisko.customers.queries import site_for
from blisko.kit import clock
from blisko.kit.api import Code, Cursor, Id, Limit, Moment, Number, Page, Text, page_of
from blisko.kit.requests import HouseRequest
from blisko.visits import queries, services
from blisko.visits.models import JobType, Note, Visit
from blisko.visits.rules import CancelReason, Priority, VisitState

router = Router()
job_types = Router()


class JobTypeOut(Schema):
    code: str
    names: dict[str, str]
    minutes: int
    skills: list[str]
    levels: dict[str, int]
    tools: list[str]
    crew_size: int
    priority: Priority

    @classmethod
    def of(cls, job_type: JobType) -> "JobTypeOut":
        return cls(
            code=job_type.code,
            names=job_type.names,
            minutes=job_type.minutes,
            skills=job_type.skills,
            levels=job_type.wanted_levels,
            tools=job_type.tools,
            crew_size=job_type.crew_size,
            priority=Priority(job_type.priority),
        )


class Window(Schema):
    window_from: Moment
    window_to: Moment


Windows = Annotated[list[Window], Field(max_length=9, description="More spans of time that would suit as well; none overlaps another.")]
Gap = Annotated[int, Field(ge=0, le=1_000_000, description="Minutes between the end of the visit waited for and the begin of this one.")]


class MoveIn(Window):
    other_windows: Windows = []


class VisitIn(MoveIn):
    site_id: Id
    job_type: Code
    description: Text = ""
    number: Number | None = None
    minutes: Annotated[int, Field(ge=5, le=1440)] | None = None
    priority: Annotated[Priority | None, Field(description="Null: as its job type has.")] = None
    must: Annotated[bool, Field(description="Never left out of a plan while it fits.")] = False
    after: Annotated[Id | None, Field(description="A visit of the same place and job type to come first, in one order.")] = None
    gap_minutes: Gap = 0


class InvitationIn(Schema):
    site_id: Id
    job_type: Code
    choose_until: Annotated[Moment, Field(description="Within 90 days: until when the customer is asked to choose.")]
    description: Text = ""
    number: Number | None = None
    minutes: Annotated[int, Field(ge=5, le=1440)] | None = None
    priority: Annotated[Priority | None, Field(description="Null: as its job type has.")] = None


class VisitPatch(Schema):
    priority: Priority | None = None
    must: bool | None = None
    other_windows: Windows | None = None
    after: Annotated[int | None, Field(ge=0, le=2**63 - 1, description="Another visit of the same order; 0: it waits for none.")] = None
    gap_minutes: Gap | None = None


class VisitOut(Window):
    id: int
    number: str
    state: VisitState
    choose_until: Annotated[Moment | None, Field(description="Not null: nothing is promised yet; the window is the time to choose in.")]
    minutes: int
    other_windows: list[Window]
    priority: Priority
    must: bool
    after: int | None
    gap_minutes: int
    crew_size: int
    work_order: str
    job_type: str
    description: str
    customer_id: int
    site_id: int
    address: str
    lat: float | None
    lon: float | None
    set_out_at: Moment | None
    arrived_at: Moment | None
    ended_at: Moment | None
    end_reason: str
    end_note: str

    @classmethod
    def of(cls, visit: Visit) -> "VisitOut":
        return cls(**visit.document())


class CancelIn(Schema):
    reason: CancelReason = CancelReason.OPERATOR
    note: Text = ""


class WorkStep(StrEnum):
    SET_OUT = "set-out"
    TURN_BACK = "turn-back"
    ARRIVE = "arrive"
    FINISH = "finish"
    NO_ACCESS = "no-access"
    GIVE_UP = "give-up"
    NEED_ANOTHER = "need-another"


class StepIn(Schema):
    note: Text = ""


class NoteIn(Schema):
    text: Annotated[Text, Field(min_length=1)]


class NoteOut(Schema):
    id: int
    at: Moment
    by: str
    text: str

    @classmethod
    def of(cls, note: Note) -> "NoteOut":
        return cls(id=note.pk, at=note.at, by=note.by_name or note.by, text=note.text)


SILENT: dict[WorkStep, Callable[..., Visit]] = {
    WorkStep.SET_OUT: services.set_out,
    WorkStep.TURN_BACK: services.turn_back,
    WorkStep.ARRIVE: services.arrive,
}
NOTED: dict[WorkStep, Callable[..., Visit]] = {
    WorkStep.FINISH: services.finish,
    WorkStep.NO_ACCESS: services.report_no_access,
    WorkStep.GIVE_UP: services.give_up,
    WorkStep.NEED_ANOTHER: services.need_another,
}


def _spans(windows: list[Window]) -> list[tuple[datetime, datetime]]:
    return [(one.window_from, one.window_to) for one in windows]


@job_types.get("", response=list[JobTypeOut], operation_id="list_job_types")
def list_job_types(request: HouseRequest) -> list[JobTypeOut]:
    """The kinds of job that can be booked."""
    return [JobTypeOut.of(job_type) for job_type in queries.job_types_for(request.actor)]


@router.get("", response=Page[VisitOut], operation_id="list_visits")
def list_visits(request: HouseRequest, starts: Moment, ends: Moment, cursor: Cursor = "", limit: Limit = 50) -> Page[VisitOut]:
    """Visits whose window touches the stretch of time, in order of windows."""
    found = queries.visits_between(request.actor, starts, ends)
    return page_of(found, VisitOut.of, order=("window_from", "pk"), cursor=cursor, limit=limit)


@router.post("", response={201: VisitOut}, operation_id="book_visit")
def book_visit(request: HouseRequest, body: VisitIn) -> Status[VisitOut]:
    """Promise a visit at a site (the token must see customers, too); emits what customers are told of."""
    now = clock.now()
    site = site_for(request.actor, body.site_id, now=now)
    given = body.model_dump(exclude={"site_id", "number", "other_windows"})
    windows = _spans(body.other_windows)
    made = services.book_visit(actor=request.actor, now=now, site_id=site.pk, number=body.number or "", other_windows=windows, **given)
    return Status(201, VisitOut.of(made))


@router.post("/invitations", response={201: VisitOut}, operation_id="invite_customer")
def invite_customer(request: HouseRequest, body: InvitationIn) -> Status[VisitOut]:
    """Send a site's customer a link on which he chooses the time of a visit himself (the token must see customers, too)."""
    now = clock.now()
    site = site_for(request.actor, body.site_id, now=now)
    given = body.model_dump(exclude={"site_id", "number"})
    made = services.invite_customer(actor=request.actor, now=now, site_id=site.pk, number=body.number or "", **given)
    return Status(201, VisitOut.of(made))


@router.get("/by-number/{number}", response=VisitOut, operation_id="get_visit_by_number")
def get_visit_by_number(request: HouseRequest, number: Number) -> VisitOut:
    """The visit with the operator's own number."""
    return VisitOut.of(queries.visit_by_number(request.actor, number))


@router.get("/{visit_id}", response=VisitOut, operation_id="get_visit")
def get_visit(request: HouseRequest, visit_id: Id) -> VisitOut:
    """One visit."""
    return VisitOut.of(queries.visit_for(request.actor, visit_id, now=clock.now()))


@router.patch("/{visit_id}", response=VisitOut, operation_id="change_visit")
def change_visit(request: HouseRequest, visit_id: Id, body: VisitPatch) -> VisitOut:
    """Say what the plan must know of a booked visit; the customer hears nothing of it. What is not given stays."""
    given = body.model_dump(exclude={"other_windows"})
    windows = None if body.other_windows is None else _spans(body.other_windows)
    return VisitOut.of(services.change_visit(visit_id, actor=request.actor, now=clock.now(), other_windows=windows, **given))


@router.post("/{visit_id}/move", response=VisitOut, operation_id="move_visit")
def move_visit(request: HouseRequest, visit_id: Id, body: MoveIn) -> VisitOut:
    """Promise another window while the visit is still booked."""
    moved = services.move_visit(
        visit_id,
        window_from=body.window_from,
        window_to=body.window_to,
        other_windows=_spans(body.other_windows),
        actor=request.actor,
        now=clock.now(),
    )
    return VisitOut.of(moved)


@router.post("/{visit_id}/cancel", response=VisitOut, operation_id="cancel_visit")
def cancel_visit(request: HouseRequest, visit_id: Id, body: CancelIn) -> VisitOut:
    """Call the visit off; everyone concerned is told."""
    return VisitOut.of(services.cancel_visit(visit_id, actor=request.actor, now=clock.now(), reason=body.reason, note=body.note))


@router.post("/{visit_id}/steps/{step}", response=VisitOut, operation_id="take_visit_step")
def take_visit_step(request: HouseRequest, visit_id: Id, step: WorkStep, body: StepIn) -> VisitOut:
    """Report the technician's progress; 409 when the visit is not in the state for it."""
    now = clock.now()
    if step in SILENT:
        return VisitOut.of(SILENT[step](visit_id, actor=request.actor, now=now))
    return VisitOut.of(NOTED[step](visit_id, actor=request.actor, now=now, note=body.note))


@router.post("/{visit_id}/notes", response={201: NoteOut}, operation_id="write_note")
def write_note(request: HouseRequest, visit_id: Id, body: NoteIn) -> Status[NoteOut]:
    """Leave a note on the visit."""
    return Status(201, NoteOut.of(services.write_note(visit_id, body.text, actor=request.actor, now=clock.now())))
