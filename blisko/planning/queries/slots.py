"""What could be offered: the windows in which one more visit fits, found in the labels that stand ready.

A technician's day that is held for a customer who is deciding is offered to nobody else meanwhile.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from blisko.access.rules import Actor, require
from blisko.customers.errors import NoSuchSite
from blisko.customers.queries import site_place
from blisko.field.rules import zone_of
from blisko.kit.marks import Question
from blisko.planning.queries.problems import day_at, kit_of, point_of
from blisko.planning.queries.roads import roads, travel_between
from blisko.planning.queries.standing import (
    Crew,
    Standing,
    crew_at,
    kinds_at,
    marks_now,
    ready_days,
    standing_days,
    times_at,
)
from blisko.planning.queries.wishes import wishes_of
from blisko.planning.rules.choices import HoldState
from blisko.planning.rules.durations import WorkTimes, site_kind
from blisko.planning.rules.lines import Seat
from blisko.planning.rules.ready import Needs, Offer, Ready, made_ready, offers_in, spans_from
from blisko.planning.rules.slots import Ints, gaps_of, tables_of
from blisko.planning.rules.wishes import WishKind
from blisko.planning.rules.world import seconds_of, visit_key
from blisko.visits.errors import NoSuchJobType
from blisko.visits.queries import needs_again, visit_for
from blisko.visits.rules import most_of

if TYPE_CHECKING:
    from blisko.visits.models import JobType

NEARBY = timedelta(minutes=10)
MOST_DAYS = 31
HELD = "SELECT json_agg(json_build_array(technician_id, day)) FROM planning_slothold WHERE state = %s AND until > %s AND visit_id <> %s"
Held = frozenset[tuple[int, date]]


@dataclass(frozen=True)
class Slot:
    """A window that could be promised. `detour`: what it costs in driving; `nearby`: somebody is close by then anyway."""

    starts: datetime
    ends: datetime
    detour: timedelta
    nearby: bool
    technician_id: int


def offer_slots(actor: Actor, visit_id: int, days: Iterable[date], *, now: datetime, again: bool = False) -> list[Slot]:
    """Answer the windows to which a visit could be moved, to whoever may see it (its customer's link, too), the best first.

    `again`: in which there could be another visit like it. Nobody else would be told anything new. A job for two is not offered: who may
    send two must be asked.
    """
    visit = visit_for(actor, visit_id, now=now)
    kind, site = visit.order.job_type, visit.order.site
    if kind.crew_size > 1:
        return []
    wishes = {} if again else wishes_of(visit_id)
    only, never = (frozenset(who for who, kind in wishes.items() if kind == wished) for wished in (WishKind.ONLY, WishKind.NEVER))
    marks, [held] = marks_now(_wanted(days, now), _held(visit_id, now))
    crew = crew_at(marks)
    needs = _needs(kind, (site.lat, site.lon), site.postcode, crew.zones)
    seconds = 60 * _minutes(times_at(marks), kind, site.street, kind.minutes if again else visit.minutes)
    more_skills, more_parts = needs_again(visit.order_id) if again else (visit.more_skills, visit.more_parts)
    skills, parts = most_of(needs.skills, more_skills), kit_of([*kind.kit, *more_parts])
    needs = replace(needs, seconds=seconds, skills=skills, parts=parts, only=only, never=never)
    without = None if again else (visit_id, 1)
    return _offered(standing_days(marks, now=now), crew, needs, now=now, without=without, held=_held_days(held))


def offer_new_slots(actor: Actor, site_id: int, job_type: str, days: Iterable[date], *, now: datetime) -> list[Slot]:
    """Answer the windows that could be promised for a new visit at a site, to whoever books visits, the best first.

    Refuse `NoSuchSite` and `NoSuchJobType`. A job for two is not offered.
    """
    require(actor, "visits.book")
    marks, [place, held] = marks_now(_wanted(days, now), site_place(site_id), _held(0, now))
    kind = kinds_at(marks).get(job_type)
    if kind is None:
        raise NoSuchJobType(details={"code": job_type})
    if place is None:
        raise NoSuchSite
    if kind.crew_size > 1:
        return []
    crew = crew_at(marks)
    lat, lon, street, postcode = place
    needs = _needs(kind, (lat, lon), postcode, crew.zones)
    needs = replace(needs, seconds=60 * _minutes(times_at(marks), kind, street, kind.minutes))
    return _offered(standing_days(marks, now=now), crew, needs, now=now, held=_held_days(held))


def _held(visit_id: int, now: datetime) -> Question:
    """Ask whose days are held for other customers."""
    return Question(HELD, (str(HoldState.HELD), now, visit_id))


def _held_days(rows: Sequence[tuple[int, str]] | None) -> Held:
    return frozenset((who, date.fromisoformat(day)) for who, day in rows or ())


def _minutes(times: WorkTimes, kind: "JobType", street: str, minutes: int) -> int:
    """Answer how long the work takes whoever does it, as the planner will see it once it is booked."""
    usual, by = times.of(kind.pk, site_kind(street), minutes, kind.minutes)
    return max([usual, *by.values()])


def _wanted(days: Iterable[date], now: datetime) -> list[date]:
    today = day_at(now)
    return sorted(day for day in set(days) if day >= today)[:MOST_DAYS]


def _needs(kind: "JobType", degrees: tuple[float | None, float | None], postcode: str, zones: Mapping[str, Sequence[str]]) -> Needs:
    skills, tools, parts = kind.wanted_levels, frozenset(kind.tools), kit_of(kind.kit)
    return Needs(point_of(*degrees), kind.minutes * 60, skills, tools, parts, zone_of(postcode, zones))


def _offered(
    days: Sequence[Standing], crew: Crew, needs: Needs, *, now: datetime, without: Seat | None = None, held: Held = frozenset()
) -> list[Slot]:
    """Answer the slots of some days; `without`: the visit that would be moved, whose own route is looked at as if it were not there."""
    if not days:
        return []
    spans = spans_from([day.spans for day in days], [seconds_of(now, day.midnight) for day in days])
    besides = {key for day in days for who, held_on in held if held_on == day.day for key in day.shifts_of(who)}
    found, key = [], visit_key(*without) if without else ""
    for nr, board in enumerate(day.board_with(key) if key else None for day in days):
        moved = board.shift_with(key) if board else None
        if board is not None and moved is not None and moved not in besides:
            alone = tables_of(gaps_of(board, without=without).gaps, nr)
            found += _search(days, made_ready(alone, crew.fits), needs, spans, now)
            besides.add(moved)
    found += _search(days, ready_days(days, crew), needs, spans, now, besides=besides)
    best: dict[datetime, Slot] = {}
    for one in sorted(found, key=lambda one: (one.detour, one.starts)):
        best.setdefault(one.starts, one)
    return list(best.values())


def _search(days: Sequence[Standing], ready: Ready, needs: Needs, spans: Ints, now: datetime, *, besides: Iterable[str] = ()) -> list[Slot]:
    offers = offers_in(ready, needs, spans, besides=besides)
    if needs.place and not roads().seen().estimated:
        offers = _looked_at_again(ready, needs, offers, spans, now)
    who, route, slots = ready.gaps.who.tolist(), ready.gaps.route, []
    for offer in offers:
        detour = timedelta(seconds=max(0, offer.detour))
        slots.append(Slot(*days[offer.day].bands[offer.band], detour, detour <= NEARBY, who[route[offer.gap]]))
    return slots


def _looked_at_again(ready: Ready, needs: Needs, offers: Sequence[Offer], spans: Ints, now: datetime) -> list[Offer]:
    """Answer the offers that hold with the ways the roads know, which are asked for these few gaps alone."""
    if not offers or needs.place is None:
        return []
    place, rows = needs.place, list(dict.fromkeys(offer.gap for offer in offers))
    few = tables_of([ready.gaps.gaps[row] for row in rows], ready.gaps.day[rows])
    to = travel_between([gap.before.point or place for gap in few.gaps], [place], at=now).seconds[:, 0]
    back = travel_between([place], [gap.behind.point or place for gap in few.gaps], at=now).seconds[0]
    again = offers_in(made_ready(few, ready.crew), needs, spans, ways=(to, back))
    wanted = {(offer.day, offer.band) for offer in offers}
    return [replace(one, gap=rows[one.gap]) for one in again if (one.day, one.band) in wanted]
