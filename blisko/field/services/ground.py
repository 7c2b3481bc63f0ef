from collections.abc import Mapping, Sequence
from datetime import datetime, time

from django.db import transaction

from blisko.access.rules import Actor, require
from blisko.access.services import write_audit
from blisko.customers.rules import check_position
from blisko.field.errors import BadDepot, NoSuchTeam
from blisko.field.models import BreakRule, Depot, Region, Team, Zone
from blisko.field.rules import DailyBreak, check_daily_breaks, check_parts
from blisko.field.services.booking import restock
from blisko.field.services.stock import tools_called


@transaction.atomic
def set_region(code: str, *, name: str, actor: Actor, now: datetime) -> Region:
    """Add a region that is planned by itself, or change the one with this code."""
    require(actor, "field.edit")
    region, _ = Region.objects.update_or_create(code=code, defaults={"name": name.strip()})
    write_audit(actor, "set_region", f"region:{region.pk}", now=now)
    return region


@transaction.atomic
def set_zone(code: str, *, name: str, postcodes: Sequence[str], actor: Actor, now: datetime, region: str = "") -> Zone:
    """Add a zone, or change the one with this code: how its postcodes begin, and its region (made when new)."""
    require(actor, "field.edit")
    beginnings = [begins.strip() for begins in postcodes if begins.strip()]
    wanted = {"name": name.strip(), "region": _region(region), "postcodes": beginnings}
    zone, _ = Zone.objects.update_or_create(code=code, defaults=wanted)
    write_audit(actor, "set_zone", f"zone:{zone.pk}", now=now)
    return zone


@transaction.atomic
def set_team(
    code: str,
    *,
    name: str,
    actor: Actor,
    now: datetime,
    region: str = "",
    overtime_minutes: int = 0,
    breaks: Sequence[DailyBreak] | None = None,
) -> Team:
    """Add a team, or change the one with this code: its region (made when new) and how long it may go on after a shift's end.

    `breaks`: what every shift of it has, () as everybody; None leaves them as they are.
    """
    require(actor, "field.edit")
    wanted = {"name": name.strip(), "region": _region(region), "overtime_minutes": overtime_minutes}
    team, _ = Team.objects.update_or_create(code=code, defaults=wanted)
    write_audit(actor, "set_team", f"team:{team.pk}", now=now)
    if breaks is not None:
        set_break_rules(breaks, actor=actor, now=now, team=code)
    return team


@transaction.atomic
def set_break_rules(breaks: Sequence[DailyBreak], *, actor: Actor, now: datetime, team: str = "") -> None:
    """Say which breaks every shift of a team has; without a team, those of everybody whose team has no rules of its own."""
    require(actor, "field.edit")
    check_daily_breaks(breaks)
    whose = Team.objects.filter(code=team).first() if team else None
    if team and whose is None:
        raise NoSuchTeam(details={"code": team})
    BreakRule.objects.filter(team=whose).delete()
    for one in breaks:
        BreakRule.objects.create(team=whose, earliest=one.earliest, latest=one.latest, minutes=one.minutes)
    write_audit(actor, "set_break_rules", f"team:{whose.pk}" if whose else "teams", now=now)


@transaction.atomic
def set_depot(
    code: str,
    *,
    name: str,
    lat: float,
    lon: float,
    actor: Actor,
    now: datetime,
    opens_at: time = time(0),
    closes_at: time = time(23, 59),
    loading_minutes: int = 10,
    region: str = "",
    tools: Sequence[str] = (),
    parts: Mapping[str, int] | None = None,
    active: bool = True,
) -> Depot:
    """Add a depot or pick-up point, or change the one with this code; region, tools and parts are made when new.

    `lat`, `lon`: degrees. `opens_at`, `closes_at`: local time. `parts`: code to count; None: every part, as many as wanted.
    """
    require(actor, "field.edit")
    check_position(lat, lon)
    if closes_at < opens_at:
        raise BadDepot
    check_parts(parts or {}, least=0)
    wanted = {"name": name.strip(), "lat": lat, "lon": lon, "opens_at": opens_at, "closes_at": closes_at, "region": _region(region)}
    wanted |= {"loading_minutes": loading_minutes, "endless": parts is None, "active": active}
    depot, _ = Depot.objects.update_or_create(code=code, defaults=wanted)
    depot.tools.set(tools_called(tools))
    restock(depot, parts or {}, actor=actor, now=now)
    write_audit(actor, "set_depot", f"depot:{depot.pk}", now=now)
    return depot


def _region(code: str) -> Region | None:
    return Region.objects.get_or_create(code=code, defaults={"name": code})[0] if code else None
