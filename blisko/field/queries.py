from collections.abc import Iterable
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet, Sum
from django.utils import timezone

from blisko.access.rules import Actor, require
from blisko.field.errors import NoSuchDepot, NoSuchTechnician, NoSuchVan
from blisko.field.models import (
    BreakRule,
    Depot,
    DepotStock,
    Home,
    Part,
    Region,
    Shift,
    Skill,
    StockMovement,
    Team,
    Technician,
    TechnicianSkill,
    Tool,
    Van,
    VanStock,
    WorkArea,
    Zone,
)
from blisko.field.rules import (
    DailyBreak,
    DayEnds,
    FloatingBreak,
    Load,
    Place,
    StockKind,
    daily_breaks,
    fitting_breaks,
    region_or_only,
    zone_of,
)
from blisko.kit.marks import Question, mark_of

WITH = ("team__region", "van", "start_depot", "end_depot")


def technicians_for(actor: Actor) -> QuerySet[Technician]:
    """Answer the active technicians, by name."""
    require(actor, "field.see")
    found = Technician.objects.filter(active=True).select_related(*WITH).prefetch_related("levels__skill", "zones")
    return found.order_by("name", "pk")


def technician_for(actor: Actor, technician_id: int) -> Technician:
    """Answer a technician: anybody's for who may see the field, one's own for a technician."""
    found = Technician.objects.select_related(*WITH).prefetch_related("levels__skill", "zones")
    technician = found.filter(pk=technician_id).first()
    if technician is None or not (actor.may("field.see") or actor.id == f"user:{technician.user_id}"):
        raise NoSuchTechnician
    return technician


def own_technician(actor: Actor) -> Technician:
    """Answer the technician this signed-in person is."""
    technician = Technician.objects.filter(user_id=int(actor.id[5:])).first() if actor.id.startswith("user:") else None
    if technician is None:
        raise NoSuchTechnician
    return technician


def seen_technician(actor: Actor, technician_id: int) -> Technician:
    """Answer no more than the row of a technician: anybody's for who may see the field, one's own for a technician."""
    technician = Technician.objects.filter(pk=technician_id).first()
    if technician is None or not (actor.may("field.see") or actor.id == f"user:{technician.user_id}"):
        raise NoSuchTechnician
    return technician


def working_technician(actor: Actor, technician_id: int) -> Technician:
    """Answer the technician whose van somebody may book parts into and out of: his own, and anybody's for who edits the field."""
    technician = Technician.objects.filter(pk=technician_id).first()
    if technician is None or not (actor.may("field.edit") or actor.id == f"user:{technician.user_id}"):
        raise NoSuchTechnician
    return technician


def levels_of(technician_id: int) -> dict[str, int]:
    """Answer the skills of a technician: code to level."""
    return dict(TechnicianSkill.objects.filter(technician_id=technician_id).values_list("skill__code", "level"))


def home_for(actor: Actor, technician_id: int) -> Home | None:
    """Answer where a technician lives to who edits the field, and to nobody else; None when nobody said."""
    require(actor, "field.edit")
    technician_for(actor, technician_id)
    return Home.objects.filter(technician_id=technician_id).first()


def homes_of(technician_ids: Iterable[int]) -> dict[int, tuple[float, float]]:
    """Answer where technicians live, for the planner's use and so that nobody else is shown it."""
    return {home.technician_id: (home.lat, home.lon) for home in Home.objects.filter(technician_id__in=list(technician_ids))}


def day_ends_of(technician_ids: Iterable[int]) -> dict[int, DayEnds]:
    """Answer where the days of technicians begin and end, for the planner's use: at a depot, else at home, else nobody knows."""
    wanted = list(technician_ids)
    homes = homes_of(wanted)
    found = {}
    for one in Technician.objects.filter(pk__in=wanted).select_related("start_depot", "end_depot"):
        start, end = ((depot.lat, depot.lon) if depot else homes.get(one.pk) for depot in (one.start_depot, one.end_depot))
        found[one.pk] = DayEnds(start, end)
    return found


def van_loads_of(technician_ids: Iterable[int]) -> dict[int, Load]:
    """Answer what the vans of technicians carry, for the planner's use; who drives none is not among them."""
    drivers = dict(Technician.objects.filter(pk__in=list(technician_ids), van__isnull=False).values_list("van_id", "pk"))
    vans = Van.objects.filter(pk__in=drivers).prefetch_related("tools", "stock__part")
    return {drivers[van.pk]: van.load for van in vans}


def vans_for(actor: Actor) -> QuerySet[Van]:
    """Answer the vans with what they carry, by plate."""
    require(actor, "field.see")
    return Van.objects.prefetch_related("tools", "stock__part").order_by("plate")


def depots_for(actor: Actor) -> QuerySet[Depot]:
    """Answer the depots and pick-up points in use with what they hold, by code."""
    require(actor, "field.see")
    return Depot.objects.filter(active=True).select_related("region").prefetch_related("tools", "stock__part").order_by("code")


def van_for(actor: Actor, van_id: int) -> Van:
    """Answer one van with what it carries; refuse `NoSuchVan`."""
    van = vans_for(actor).filter(pk=van_id).first()
    if van is None:
        raise NoSuchVan
    return van


def van_called(actor: Actor, plate: str) -> Van:
    """Answer the van with this plate and what it carries; refuse `NoSuchVan`."""
    van = vans_for(actor).filter(plate=plate).first()
    if van is None:
        raise NoSuchVan
    return van


def depot_for(actor: Actor, code: str) -> Depot:
    """Answer one depot with what it holds, in use or not; refuse `NoSuchDepot`."""
    require(actor, "field.see")
    depot = Depot.objects.select_related("region").prefetch_related("tools", "stock__part").filter(code=code).first()
    if depot is None:
        raise NoSuchDepot
    return depot


def own_van(actor: Actor) -> Van | None:
    """Answer the van this signed-in person drives, with what it carries; None for who drives none."""
    van_id = own_technician(actor).van_id
    return Van.objects.prefetch_related("tools", "stock__part").get(pk=van_id) if van_id else None


def pickup_points_of(actor: Actor) -> list[Depot]:
    """Answer the depots and pick-up points a technician may take parts from: those of his region, and those of none."""
    me = own_technician(actor)
    region = regions_of([me.pk])[me.pk]
    found = Depot.objects.filter(active=True).filter(Q(region=None) | Q(region__code=region)).order_by("name")
    return list(found.prefetch_related("tools", "stock__part"))


def depots_with(parts: Iterable[str], tools: Iterable[str], region: str) -> list[Depot]:
    """Answer the depots in use, of a region or of none, that may have some of these, with no more of their stock; for the planner's use."""
    stock = DepotStock.objects.filter(part__code__in=list(parts), count__gt=0).select_related("part")
    useful = Q(endless=True) | Q(pk__in=stock.values("depot_id")) | Q(tools__code__in=list(tools))
    found = Depot.objects.filter(useful, Q(region=None) | Q(region__code=region), active=True).distinct()
    return list(found.prefetch_related("tools", Prefetch("stock", stock)))


def movements_for(actor: Actor, *, differences: bool = False) -> QuerySet[StockMovement]:
    """Answer the lines of the book of stock, newest first; `differences`: only what the books did not know.

    That is every correction, and where a person counted others than the books said; what a program or a sheet sets is no difference.
    """
    require(actor, "field.see")
    found = StockMovement.objects.select_related("booking", "part", "van", "depot").order_by("-pk")
    by_hand = Q(kind=StockKind.COUNT, booking__by__startswith="user:") & ~Q(change=0)
    return found.filter(Q(kind=StockKind.CORRECTION) | by_hand) if differences else found


def depots_named(ids: Iterable[int]) -> dict[int, Depot]:
    """Answer depots by their ids, for the house's own use."""
    return Depot.objects.in_bulk(list(ids))


def parts_known() -> list[Part]:
    """Answer the catalogue of parts, by code, for the house's own use."""
    return list(Part.objects.order_by("code"))


def skills_for(actor: Actor) -> list[Skill]:
    """Answer the skills there are, by code, to whoever sees the field or is a technician."""
    if not actor.may("field.see"):
        own_technician(actor)
    return list(Skill.objects.order_by("code"))


def names_of_parts(codes: Iterable[str]) -> dict[str, dict[str, str]]:
    """Answer what parts and tools are called, by code, for the house's own use; who is not in the catalogue is called by his code."""
    wanted = list(codes)
    return {code: {"en": code} for code in wanted} | {
        one.code: one.names for kind in (Tool, Part) for one in kind.objects.filter(code__in=wanted)
    }


def used_for(visit_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Answer which parts were used at visits already, visit to code to count; for the house's own use."""
    rows = StockMovement.objects.filter(booking__visit_id__in=list(visit_ids), kind=StockKind.USE)
    found: dict[int, dict[str, int]] = {}
    for visit_id, code, change in rows.values_list("booking__visit_id", "part__code").annotate(n=Sum("change")):
        found.setdefault(visit_id, {})[code] = -change
    return found


def regions_for(actor: Actor) -> QuerySet[Region]:
    """Answer the regions, each planned by itself, by code."""
    require(actor, "field.see")
    return Region.objects.order_by("code")


def zones_for(actor: Actor) -> QuerySet[Zone]:
    """Answer the zones, by code."""
    require(actor, "field.see")
    return Zone.objects.select_related("region").order_by("code")


def areas_for(actor: Actor) -> QuerySet[WorkArea]:
    """Answer the areas outside which no position is kept, by code."""
    require(actor, "field.see")
    return WorkArea.objects.select_related("region").order_by("code")


def teams_for(actor: Actor) -> QuerySet[Team]:
    """Answer the teams with their break rules, by code."""
    require(actor, "field.see")
    return Team.objects.select_related("region").prefetch_related("break_rules").order_by("code")


def places_of(postcodes: Iterable[str]) -> dict[str, Place]:
    """Answer in which zone and region postcodes lie, for the house's own use."""
    zones = {zone.code: zone for zone in Zone.objects.select_related("region")}
    beginnings = {code: zone.postcodes for code, zone in zones.items()}
    regions = list(Region.objects.order_by("code").values_list("code", flat=True))
    found = {}
    for postcode in set(postcodes):
        code = zone_of(postcode, beginnings)
        region = zones[code].region if code else None
        found[postcode] = Place(code, region_or_only(region.code if region else "", regions))
    return found


def regions_of(technician_ids: Iterable[int]) -> dict[int, str]:
    """Answer the codes of the regions technicians belong to by their teams, "" for nowhere in particular; for the house's own use."""
    regions = list(Region.objects.order_by("code").values_list("code", flat=True))
    rows = Technician.objects.filter(pk__in=list(technician_ids)).values_list("pk", "team__region__code")
    return {technician_id: region_or_only(region or "", regions) for technician_id, region in rows}


def shifts_of(actor: Actor, technician_id: int, starts: datetime, ends: datetime) -> QuerySet[Shift]:
    """Answer one technician's shifts that touch the stretch of time, in order."""
    technician_for(actor, technician_id)
    return Shift.objects.filter(technician_id=technician_id, starts_at__lt=ends, ends_at__gt=starts).order_by("starts_at")


def shifts_between(actor: Actor, starts: datetime, ends: datetime) -> QuerySet[Shift]:
    """Answer the shifts that touch the stretch of time."""
    require(actor, "field.see")
    found = Shift.objects.filter(starts_at__lt=ends, ends_at__gt=starts).select_related("technician__team")
    return found.order_by("technician__name", "starts_at")


def shift_as_if(technician: Technician, starts: datetime, ends: datetime) -> Shift:
    """Answer a shift that is not in the calendar, as if it were, by the rules of its technician's team; for the planner's use."""
    return Shift(pk=-technician.pk, technician=technician, starts_at=starts, ends_at=ends)


def shifts_mark() -> Question:
    """Ask for something that is another after any change of a shift; for the house's own use."""
    return mark_of(Shift)


def days_mark() -> Question:
    """Ask for something that is another after any change of what makes up a working day beside its shift; for the house's own use."""
    return mark_of(Technician, Team, BreakRule, Home, Depot)


def crew_mark() -> Question:
    """Ask for something that is another after any change of what technicians can, where they go and what they carry, or of the zones."""
    carried = (Van, Van.tools.through, Tool, VanStock, Part)
    return mark_of(Technician, TechnicianSkill, Skill, Technician.zones.through, Zone, *carried)


def zone_beginnings() -> dict[str, list[str]]:
    """Answer how the postcodes of each zone begin, by code: `field.rules.zone_of` reads them; for the house's own use."""
    return dict(Zone.objects.values_list("code", "postcodes"))


def breaks_of(shifts: Iterable[Shift]) -> dict[int, list[FloatingBreak]]:
    """Answer the breaks of shifts by shift id: their own, else by the rules of the team, else by everybody's; for the house's own use."""
    rules: dict[int | None, list[DailyBreak]] = {}
    for rule in BreakRule.objects.order_by("earliest"):
        rules.setdefault(rule.team_id, []).append(DailyBreak(rule.earliest, rule.latest, rule.minutes))
    zone, found = timezone.get_default_timezone(), {}
    for shift in shifts:
        own, team = shift.own_breaks, shift.technician.team_id
        daily = rules.get(team) or rules.get(None, [])
        span = (shift.starts_at, shift.ends_at)
        found[shift.pk] = fitting_breaks(*span, own) if own is not None else daily_breaks(*span, daily, zone)
    return found
