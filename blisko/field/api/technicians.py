"""Technicians and their shifts for programs."""

from typing import Annotated

from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from blisko.field import queries, services
from blisko.field.models import Home, Shift, Technician
from blisko.field.rules import FloatingBreak
from blisko.kit import clock
from blisko.kit.api import ONE_LINE, Code, Cursor, Email, Id, Language, Limit, Moment, Name, Number, Page, Phone, page_of
from blisko.kit.requests import HouseRequest

router = Router()
Skills = Annotated[list[Code], Field(max_length=50)]
Level = Annotated[int, Field(ge=1, le=3)]
Levels = Annotated[dict[Code, Level], Field(max_length=50, description="Skill to level, 1 to 3; a skill only listed begins at 1.")]
Zones = Annotated[list[Code], Field(max_length=200, description="Codes of zones; none means anywhere.")]
DepotCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{0,40}$"), Field(description="Code of a depot; empty: none.")]
Minutes = Annotated[int, Field(ge=0, le=1440)]
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
    levels: Levels = {}
    zones: Zones = []
    start_depot: DepotCode = ""
    end_depot: DepotCode = ""
    team: Code | None = None
    van: Plate = ""
    password: FirstPassword | None = None


class TechnicianPatch(Schema):
    name: Name | None = None
    phone: Phone | None = None
    skills: Skills | None = None
    levels: Levels | None = None
    zones: Zones | None = None
    start_depot: DepotCode | None = None
    end_depot: DepotCode | None = None
    active: bool | None = None


class TechnicianOut(Schema):
    id: int
    code: str
    name: str
    phone: str
    team: str | None
    van: str | None
    skills: list[str]
    levels: dict[str, int]
    zones: list[str]
    region: str | None
    start_depot: str | None
    end_depot: str | None
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
            levels=technician.skill_levels,
            zones=sorted(zone.code for zone in technician.zones.all()),
            region=technician.team.region.code if technician.team and technician.team.region else None,
            start_depot=technician.start_depot.code if technician.start_depot else None,
            end_depot=technician.end_depot.code if technician.end_depot else None,
            active=technician.active,
        )


class Position(Schema):
    """Degrees (WGS 84)."""

    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]


class BreakOfShift(Schema):
    """It begins between `earliest` and `latest`."""

    earliest: Moment
    latest: Moment
    minutes: Annotated[int, Field(ge=1, le=240)]


Breaks = Annotated[list[BreakOfShift] | None, Field(max_length=10, description="Its own; null: as the team's rules say.")]


class ShiftIn(Schema):
    starts_at: Moment
    ends_at: Moment
    breaks: Breaks = None
    overtime_minutes: Annotated[Minutes | None, Field(description="Null: as the team allows.")] = None


class ShiftOut(Schema):
    id: int
    technician_id: int
    starts_at: Moment
    ends_at: Moment
    breaks: list[BreakOfShift] | None
    overtime_minutes: int | None

    @classmethod
    def of(cls, shift: Shift) -> "ShiftOut":
        own = shift.own_breaks
        return cls(
            id=shift.pk,
            technician_id=shift.technician_id,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            breaks=None if own is None else [BreakOfShift(earliest=b.earliest, latest=b.latest, minutes=b.minutes) for b in own],
            overtime_minutes=shift.overtime_minutes,
        )


class AbsenceIn(Schema):
    starts: Moment
    ends: Moment


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
    """Change what is given; `skills` replaces all of them, and one that stays keeps its level."""
    before = queries.technician_for(request.actor, technician_id)
    services.change_technician(
        technician_id,
        actor=request.actor,
        now=clock.now(),
        name=body.name or before.name,
        phone=before.phone if body.phone is None else body.phone,
        skills=body.skills,
        levels=body.levels,
        zones=body.zones,
        start_depot=body.start_depot,
        end_depot=body.end_depot,
        active=before.active if body.active is None else body.active,
    )
    return TechnicianOut.of(queries.technician_for(request.actor, technician_id))


@router.post("/{technician_id}/shifts", response={201: ShiftOut}, operation_id="add_shift")
def add_shift(request: HouseRequest, technician_id: Id, body: ShiftIn) -> Status[ShiftOut]:
    """Let a technician work; the same start again moves the end."""
    made = services.add_shift(
        technician_id,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        breaks=None if body.breaks is None else [FloatingBreak(one.earliest, one.latest, one.minutes) for one in body.breaks],
        overtime_minutes=body.overtime_minutes,
        actor=request.actor,
        now=clock.now(),
    )
    return Status(201, ShiftOut.of(made))


@router.post("/{technician_id}/absences", response={204: None}, operation_id="report_absent")
def report_absent(request: HouseRequest, technician_id: Id, body: AbsenceIn) -> Status[None]:
    """Take a technician's hours out of the calendar: shifts are cut, split or dropped, and the plan is repaired."""
    services.report_absent(technician_id, starts=body.starts, ends=body.ends, actor=request.actor, now=clock.now())
    return Status(204, None)


@router.get("/{technician_id}/home", response=Position | None, operation_id="get_home")
def get_home(request: HouseRequest, technician_id: Id) -> Position | None:
    """Where the technician's day begins and ends unless at a depot; for who edits the field, null when nobody said."""
    home: Home | None = queries.home_for(request.actor, technician_id)
    return Position(lat=home.lat, lon=home.lon) if home else None


@router.put("/{technician_id}/home", response={204: None}, operation_id="set_home")
def set_home(request: HouseRequest, technician_id: Id, body: Position) -> Status[None]:
    """Keep where the technician lives, for the planner alone."""
    services.set_home(technician_id, lat=body.lat, lon=body.lon, actor=request.actor, now=clock.now())
    return Status(204, None)


@router.delete("/{technician_id}/home", response={204: None}, operation_id="forget_home")
def forget_home(request: HouseRequest, technician_id: Id) -> Status[None]:
    """Forget where the technician lives."""
    services.forget_home(technician_id, actor=request.actor, now=clock.now())
    return Status(204, None)
