"""Technicians and their shifts for programs."""

from typing import Annotated

from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from blisko.field import queries, services
from blisko.field.models import Shift, Technician
from blisko.kit import clock
from blisko.kit.api import ONE_LINE, Code, Cursor, Email, Id, Language, Limit, Moment, Name, Number, Page, Phone, page_of
from blisko.kit.requests import HouseRequest

router = Router()
Skills = Annotated[list[Code], Field(max_length=50)]
FirstPassword = Annotated[
    str,
    StringConstraints(min_length=10, max_length=128, pattern=ONE_LINE),
    Field(description="Without one only single sign-on opens the door."),
]
Plate = Annotated[str, StringConstraints(strip_whitespace=True, max_length=16, pattern=r"^[^\x00-\x1f\x7f]*$")]


class TechnicianIn(Schema):
    code: Number
    name: Name
    email: Annotated[Email, Field(min_length=3)]
    phone: Phone = ""
    language: Language = "en"
    skills: Skills = []
    team: Code | None = None
    van: Plate = ""
    password: FirstPassword | None = None


class TechnicianPatch(Schema):
    name: Name | None = None
    phone: Phone | None = None
    skills: Skills | None = None
    active: bool | None = None


class TechnicianOut(Schema):
    id: int
    code: str
    name: str
    phone: str
    team: str | None
    van: str | None
    skills: list[str]
    active: bool

    @classmethod
    def of(cls, technician: Technician) -> "TechnicianOut":
        return cls(
            id=technician.pk,
            code=technician.code,
            name=technician.name,
            phone=technician.phone,
            team=technician.team.code if technician.team else None,
            van=technician.van.plate if technician.van else None,
            skills=sorted(technician.skill_levels),
            active=technician.active,
        )


class ShiftIn(Schema):
    starts_at: Moment
    ends_at: Moment


class ShiftOut(Schema):
    id: int
    technician_id: int
    starts_at: Moment
    ends_at: Moment

    @classmethod
    def of(cls, shift: Shift) -> "ShiftOut":
        return cls(id=shift.pk, technician_id=shift.technician_id, starts_at=shift.starts_at, ends_at=shift.ends_at)


@router.get("", response=Page[TechnicianOut], operation_id="list_technicians")
def list_technicians(request: HouseRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[TechnicianOut]:
    """Active technicians by name."""
    return page_of(queries.technicians_for(request.actor), TechnicianOut.of, order=("name", "pk"), cursor=cursor, limit=limit)


@router.post("", response={201: TechnicianOut}, operation_id="add_technician")
def add_technician(request: HouseRequest, body: TechnicianIn) -> Status[TechnicianOut]:
    """Add a technician and the account he signs in with; skills, team and van are made when new."""
    given = body.model_dump() | {"team": body.team or ""}
    made = services.add_technician(actor=request.actor, now=clock.now(), **given)
    return Status(201, TechnicianOut.of(made))


@router.get("/shifts", response=Page[ShiftOut], operation_id="list_shifts")
def list_shifts(request: HouseRequest, starts: Moment, ends: Moment, cursor: Cursor = "", limit: Limit = 50) -> Page[ShiftOut]:
    """Shifts that touch the stretch of time."""
    return page_of(queries.shifts_between(request.actor, starts, ends), ShiftOut.of, order=("starts_at", "pk"), cursor=cursor, limit=limit)


@router.delete("/shifts/{shift_id}", response={204: None}, operation_id="drop_shift")
def drop_shift(request: HouseRequest, shift_id: Id) -> Status[None]:
    """Take a shift out of the calendar; one that is not there is fine."""
    services.drop_shift(shift_id, actor=request.actor, now=clock.now())
    return Status(204, None)


@router.get("/{technician_id}", response=TechnicianOut, operation_id="get_technician")
def get_technician(request: HouseRequest, technician_id: Id) -> TechnicianOut:
    """One technician."""
    return TechnicianOut.of(queries.technician_for(request.actor, technician_id))


@router.patch("/{technician_id}", response=TechnicianOut, operation_id="change_technician")
def change_technician(request: HouseRequest, technician_id: Id, body: TechnicianPatch) -> TechnicianOut:
    """Change what is given; `skills` replaces all of them."""
    before = queries.technician_for(request.actor, technician_id)
    services.change_technician(
        technician_id,
        actor=request.actor,
        now=clock.now(),
        name=body.name or before.name,
        phone=before.phone if body.phone is None else body.phone,
        skills=body.skills,
        active=before.active if body.active is None else body.active,
    )
    return TechnicianOut.of(queries.technician_for(request.actor, technician_id))


@router.post("/{technician_id}/shifts", response={201: ShiftOut}, operation_id="add_shift")
def add_shift(request: HouseRequest, technician_id: Id, body: ShiftIn) -> Status[ShiftOut]:
    """Let a technician work; the same start again moves the end."""
    made = services.add_shift(technician_id, starts_at=body.starts_at, ends_at=body.ends_at, actor=request.actor, now=clock.now())
    return Status(201, ShiftOut.of(made))
