"""Regions, zones, teams, depots and vans for programs."""

from datetime import time
from typing import Annotated, Literal

from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from blisko.field import queries, services
from blisko.field.models import Depot, Region, Team, Van, WorkArea, Zone
from blisko.field.rules import DailyBreak
from blisko.kit import clock
from blisko.kit.api import ONE_LINE, Code, Cursor, Limit, Page, page_of
from blisko.kit.requests import HouseRequest

router = Router()
ShortName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=ONE_LINE)]
Thing = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=ONE_LINE)]
Plate = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=16, pattern=r"^[^\x00-\x1f\x7f/]*$")]
Begins = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=16, pattern=ONE_LINE)]
Hour = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$"), Field(description="Local time.", examples=["06:30"])]
Overtime = Annotated[int, Field(ge=0, le=1440, description="Minutes the planner may go beyond a shift's end.")]
Tools = Annotated[list[Thing], Field(max_length=200, description="Codes; made when new.")]
OptionalCode = Annotated[Code | None, Field(description="Made when new.")]


class PartCount(Schema):
    part: Thing
    count: Annotated[int, Field(ge=0, le=1_000_000)]


Parts = Annotated[list[PartCount], Field(max_length=2000, description="Codes, made when new, and how many.")]


class RegionIn(Schema):
    name: ShortName


class RegionOut(Schema):
    code: str
    name: str

    @classmethod
    def of(cls, region: Region) -> "RegionOut":
        return cls(code=region.code, name=region.name)


class ZoneIn(Schema):
    name: ShortName
    region: OptionalCode = None
    postcodes: Annotated[list[Begins], Field(max_length=2000, description="How its postcodes begin; the longest beginning wins.")] = []


class ZoneOut(Schema):
    code: str
    name: str
    region: str | None
    postcodes: list[str]

    @classmethod
    def of(cls, zone: Zone) -> "ZoneOut":
        return cls(code=zone.code, name=zone.name, region=zone.region.code if zone.region else None, postcodes=zone.postcodes)


class Polygon(Schema):
    """GeoJSON: one ring of [longitude, latitude], the first corner again at the end; no holes."""

    type: Literal["Polygon"]
    coordinates: Annotated[list[Annotated[list[list[float]], Field(max_length=2001)]], Field(min_length=1, max_length=1)]


class AreaIn(Schema):
    name: ShortName
    region: OptionalCode = None
    shape: Polygon


class AreaOut(Schema):
    code: str
    name: str
    region: str | None
    shape: Polygon

    @classmethod
    def of(cls, area: WorkArea) -> "AreaOut":
        return cls(code=area.code, name=area.name, region=area.region.code if area.region else None, shape=Polygon(**area.shape))


class BreakOfDay(Schema):
    """It begins between `earliest` and `latest`, every day on which a shift spans all of it."""

    earliest: Hour
    latest: Hour
    minutes: Annotated[int, Field(ge=1, le=240)]


BreakRules = Annotated[list[BreakOfDay], Field(max_length=10)]


class BreaksIn(Schema):
    breaks: BreakRules


class TeamIn(Schema):
    name: ShortName
    region: OptionalCode = None
    overtime_minutes: Overtime = 0
    breaks: Annotated[BreakRules | None, Field(description="Empty: as everybody. Null: leave as they are.")] = None


class TeamOut(Schema):
    code: str
    name: str
    region: str | None
    overtime_minutes: int
    breaks: list[BreakOfDay]

    @classmethod
    def of(cls, team: Team) -> "TeamOut":
        rules = [BreakOfDay(earliest=_hour(r.earliest), latest=_hour(r.latest), minutes=r.minutes) for r in team.break_rules.all()]
        region = team.region.code if team.region else None
        return cls(code=team.code, name=team.name, region=region, overtime_minutes=team.overtime_minutes, breaks=rules)


class DepotIn(Schema):
    name: ShortName
    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    opens_at: Hour = "00:00"
    closes_at: Hour = "23:59"
    loading_minutes: Annotated[int, Field(ge=0, le=240)] = 10
    region: OptionalCode = None
    tools: Tools = []
    parts: Annotated[Parts | None, Field(description="Null: every part, as many as wanted.")] = None
    active: bool = True


class DepotOut(Schema):
    code: str
    name: str
    region: str | None
    lat: float
    lon: float
    opens_at: Hour
    closes_at: Hour
    loading_minutes: int
    tools: list[str]
    parts: list[PartCount] | None
    active: bool

    @classmethod
    def of(cls, depot: Depot) -> "DepotOut":
        load = depot.load
        return cls(
            code=depot.code,
            name=depot.name,
            region=depot.region.code if depot.region else None,
            lat=depot.lat,
            lon=depot.lon,
            opens_at=_hour(depot.opens_at),
            closes_at=_hour(depot.closes_at),
            loading_minutes=depot.loading_minutes,
            tools=sorted(load.tools),
            parts=None if load.parts is None else [PartCount(part=part, count=count) for part, count in sorted(load.parts.items())],
            active=depot.active,
        )


class VanIn(Schema):
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80, pattern=ONE_LINE)] = ""
    tools: Tools = []
    parts: Parts = []


class VanOut(Schema):
    plate: str
    name: str
    tools: list[str]
    parts: list[PartCount]

    @classmethod
    def of(cls, van: Van) -> "VanOut":
        load = van.load
        parts = [PartCount(part=part, count=count) for part, count in sorted((load.parts or {}).items())]
        return cls(plate=van.plate, name=van.name, tools=sorted(load.tools), parts=parts)


def _hour(at: time) -> str:
    return f"{at:%H:%M}"


def _daily(breaks: list[BreakOfDay]) -> list[DailyBreak]:
    return [DailyBreak(time.fromisoformat(one.earliest), time.fromisoformat(one.latest), one.minutes) for one in breaks]


@router.get("/regions", response=Page[RegionOut], operation_id="list_regions")
def list_regions(request: HouseRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[RegionOut]:
    """Regions, each planned by itself."""
    return page_of(queries.regions_for(request.actor), RegionOut.of, order=("code", "pk"), cursor=cursor, limit=limit)


@router.put("/regions/{code}", response=RegionOut, operation_id="set_region")
def set_region(request: HouseRequest, code: Code, body: RegionIn) -> RegionOut:
    """Add a region, or change the one with this code."""
    return RegionOut.of(services.set_region(code, name=body.name, actor=request.actor, now=clock.now()))


@router.get("/zones", response=Page[ZoneOut], operation_id="list_zones")
def list_zones(request: HouseRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[ZoneOut]:
    """Zones with the beginnings of their postcodes."""
    return page_of(queries.zones_for(request.actor), ZoneOut.of, order=("code", "pk"), cursor=cursor, limit=limit)


@router.put("/zones/{code}", response=ZoneOut, operation_id="set_zone")
def set_zone(request: HouseRequest, code: Code, body: ZoneIn) -> ZoneOut:
    """Add a zone, or change the one with this code."""
    region = body.region or ""
    made = services.set_zone(code, name=body.name, region=region, postcodes=body.postcodes, actor=request.actor, now=clock.now())
    return ZoneOut.of(made)


@router.get("/work-areas", response=Page[AreaOut], operation_id="list_work_areas")
def list_work_areas(request: HouseRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[AreaOut]:
    """Areas outside which no position of a technician is kept; none for somebody: anywhere."""
    return page_of(queries.areas_for(request.actor), AreaOut.of, order=("code", "pk"), cursor=cursor, limit=limit)


@router.put("/work-areas/{code}", response=AreaOut, operation_id="set_work_area")
def set_work_area(request: HouseRequest, code: Code, body: AreaIn) -> AreaOut:
    """Add an area, or change the one with this code; without a region it is everybody's."""
    region, shape = body.region or "", body.shape.dict()
    return AreaOut.of(services.set_work_area(code, name=body.name, region=region, shape=shape, actor=request.actor, now=clock.now()))


@router.delete("/work-areas/{code}", response={204: None}, operation_id="drop_work_area")
def drop_work_area(request: HouseRequest, code: Code) -> Status[None]:
    """Take an area away."""
    services.drop_work_area(code, actor=request.actor, now=clock.now())
    return Status(204, None)


@router.get("/teams", response=Page[TeamOut], operation_id="list_teams")
def list_teams(request: HouseRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[TeamOut]:
    """Teams with their regions, overtime and breaks."""
    return page_of(queries.teams_for(request.actor), TeamOut.of, order=("code", "pk"), cursor=cursor, limit=limit)


@router.put("/teams/{code}", response=TeamOut, operation_id="set_team")
def set_team(request: HouseRequest, code: Code, body: TeamIn) -> TeamOut:
    """Add a team, or change the one with this code."""
    made = services.set_team(
        code,
        name=body.name,
        region=body.region or "",
        overtime_minutes=body.overtime_minutes,
        breaks=None if body.breaks is None else _daily(body.breaks),
        actor=request.actor,
        now=clock.now(),
    )
    return TeamOut.of(made)


@router.put("/breaks", response={204: None}, operation_id="set_break_rules")
def set_break_rules(request: HouseRequest, body: BreaksIn) -> Status[None]:
    """Say which breaks everybody has whose team has no rules of its own."""
    services.set_break_rules(_daily(body.breaks), actor=request.actor, now=clock.now())
    return Status(204, None)


@router.get("/depots", response=Page[DepotOut], operation_id="list_depots")
def list_depots(request: HouseRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[DepotOut]:
    """Depots and pick-up points in use, with what they hold."""
    return page_of(queries.depots_for(request.actor), DepotOut.of, order=("code", "pk"), cursor=cursor, limit=limit)


@router.put("/depots/{code}", response=DepotOut, operation_id="set_depot")
def set_depot(request: HouseRequest, code: Code, body: DepotIn) -> DepotOut:
    """Add a depot or pick-up point, or say anew what the one with this code is and holds."""
    given = body.model_dump(exclude={"region", "parts", "opens_at", "closes_at"})
    made = services.set_depot(
        code,
        actor=request.actor,
        now=clock.now(),
        region=body.region or "",
        opens_at=time.fromisoformat(body.opens_at),
        closes_at=time.fromisoformat(body.closes_at),
        parts=None if body.parts is None else {one.part: one.count for one in body.parts},
        **given,
    )
    return DepotOut.of(made)


@router.get("/vans", response=Page[VanOut], operation_id="list_vans")
def list_vans(request: HouseRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[VanOut]:
    """Vans with what they carry."""
    return page_of(queries.vans_for(request.actor), VanOut.of, order=("plate", "pk"), cursor=cursor, limit=limit)


@router.put("/vans/{plate}", response=VanOut, operation_id="set_van")
def set_van(request: HouseRequest, plate: Plate, body: VanIn) -> VanOut:
    """Add a van, or say anew what the one with this plate carries."""
    parts = {one.part: one.count for one in body.parts}
    return VanOut.of(services.set_van(plate, actor=request.actor, now=clock.now(), name=body.name, tools=body.tools, parts=parts))
