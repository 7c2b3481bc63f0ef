"""How long work and drives really took, and what is learned of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from django.utils import timezone

from blisko.access.rules import Actor, require
from blisko.planning.models import Assignment, DurationFit, StartForecast
from blisko.planning.queries.roads import way
from blisko.planning.rules.durations import DoneJob, Duration, Durations, durations_from, site_kind, unknown_durations
from blisko.planning.rules.patterns import Pattern, VisitSeen, patterns
from blisko.planning.rules.traffic import Drive, Traffic, traffic_from, unknown_traffic
from blisko.planning.rules.ways import Point
from blisko.planning.rules.windows import Forecast, Record, record_of
from blisko.planning.rules.wishes import LEAD
from blisko.visits.queries import job_types
from blisko.visits.rules import VisitState

WORKED = (VisitState.DONE, VisitState.NOT_COMPLETED, VisitState.NEEDS_ANOTHER)
FAILED = (VisitState.NOT_COMPLETED, VisitState.NEEDS_ANOTHER)
MOST_DRIVES = 5000  # the newest ones; each asks the roads once
RECENT = timedelta(days=14)  # whose forecasts correct the windows


class Worked(NamedTuple):
    """A visit somebody worked on."""

    visit_id: int
    technician_id: int
    order_id: int
    job_type_id: int
    job_type: str
    kit: list[dict[str, object]]
    street: str
    lat: float | None
    lon: float | None
    planned: int
    set_out_at: datetime | None
    arrived_at: datetime
    ended_at: datetime
    state: str
    end_reason: str


class Evidence(NamedTuple):
    """What is known of one job type: planned minutes, visits behind it, and the minutes within which a tenth, half and nine tenths end."""

    job_type_id: int
    code: str
    planned: int
    visits: int
    quick: float
    middle: float
    long: float


def worked_between(starts: datetime, ends: datetime) -> list[Worked]:
    """Answer the visits somebody worked on that ended in the stretch of time, by technician and arrival, for the house's own use."""
    site, job_type = "visit__order__site__", "visit__order__job_type__"
    rows = (
        Assignment.objects.filter(released_at=None, seat=LEAD, visit__state__in=WORKED, visit__ended_at__range=(starts, ends))
        .exclude(visit__arrived_at=None)
        .order_by("technician_id", "visit__arrived_at", "visit_id")
        .values_list(
            *("visit_id", "technician_id", "visit__order_id", f"{job_type}id", f"{job_type}code", f"{job_type}kit"),
            *(f"{site}street", f"{site}lat", f"{site}lon", "visit__minutes"),
            *("visit__set_out_at", "visit__arrived_at", "visit__ended_at", "visit__state", "visit__end_reason"),
        )
    )
    return [Worked(*row) for row in rows]


def real_minutes(worked: Sequence[Worked]) -> dict[int, float]:
    """Answer by visit the minutes its work took; it had ended by the time the technician set out elsewhere, whatever was tapped later."""
    minutes: dict[int, float] = {}
    for one, after in pairwise([*worked, None]):
        assert one is not None
        end = one.ended_at
        if after is not None and after.technician_id == one.technician_id:
            left = after.set_out_at or after.arrived_at
            end = left if one.arrived_at < left < end else end
        minutes[one.visit_id] = (end - one.arrived_at).total_seconds() / 60
    return minutes


def done_jobs(worked: Sequence[Worked]) -> list[DoneJob]:
    """Answer the work that was done, as the fit wants it."""
    minutes = real_minutes(worked)
    return [DoneJob(one.job_type_id, one.technician_id, site_kind(one.street), one.planned, minutes[one.visit_id]) for one in worked]


def done_drives(worked: Sequence[Worked]) -> list[Drive]:
    """Answer the newest drives from one visit to the next of the same day, with what the roads promise of them now."""
    legs = [(a, b) for a, b in pairwise(worked) if a.technician_id == b.technician_id and _same_day(a.ended_at, b.arrived_at)]
    found = []
    for before, after in sorted(legs, key=lambda leg: leg[1].arrived_at)[-MOST_DRIVES:]:
        start, end = _point(before.lat, before.lon), _point(after.lat, after.lon)
        if start and end and after.set_out_at and before.ended_at <= after.set_out_at < after.arrived_at:
            day = f"{timezone.localtime(after.set_out_at):%F}"
            promised = way(start, end, at=after.set_out_at).seconds
            took = (after.arrived_at - after.set_out_at).total_seconds()
            found.append(Drive(day, f"{day} {after.technician_id}", promised, took))
    return found


def durations_now() -> Durations:
    """Answer the newest table of durations; what is believed without any, before the first."""
    newest = _newest()
    return _durations(newest) if newest else unknown_durations()


def traffic_now() -> Traffic:
    """Answer the newest fit of drives."""
    newest = _newest()
    return _traffic(newest) if newest else unknown_traffic()


def duration_of(job_type_id: int, technician_id: int | None, *, street: str, planned: int) -> Duration:
    """Answer how long such a visit takes this technician (None: anybody) at such an address, for the house's own use."""
    return durations_now().of(job_type_id, technician_id, site_kind(street), planned)


def duration_evidence(actor: Actor) -> list[Evidence]:
    """Answer what is known of every job type in use: the evidence behind the windows that are promised."""
    require(actor, "visits.see_all")
    table, found = durations_now(), []
    for job_type in job_types():
        one = table.of(job_type.pk, None, "", job_type.minutes)
        spans = (one.quantile(share) for share in (0.1, 0.5, 0.9))
        found.append(Evidence(job_type.pk, job_type.code, job_type.minutes, one.visits, *spans))
    return found


def forecast_record(actor: Actor, *, now: datetime) -> Record:
    """Answer how the forecasts of the last fortnight did, and by how much ranges are to be stretched."""
    require(actor, "visits.see_all")
    rows = StartForecast.objects.filter(made_at__range=(now - RECENT, now)).exclude(visit__arrived_at=None).order_by("made_at")
    moments = rows.values_list("low", "middle", "high", "visit__arrived_at")
    return record_of([Forecast(*(moment.timestamp() for moment in row if moment)) for row in moments])


def patterns_between(actor: Actor, starts: datetime, ends: datetime) -> list[Pattern]:
    """Answer which job types and parts repeat or run over more often than the others, in visits that ended in the stretch of time.

    A visit repeats when it ended without doing its job, or when another visit of its order was worked on after it.
    """
    require(actor, "visits.edit_job_types")
    worked = worked_between(starts, ends)
    minutes, last = real_minutes(worked), _last_of_order(worked)
    return patterns(
        [
            VisitSeen(
                one.job_type,
                tuple(str(part["part"]) for part in one.kit if "part" in part),
                one.planned,
                minutes[one.visit_id],
                one.state in FAILED or one.arrived_at < last[one.order_id],
                one.end_reason or (one.state if one.state in FAILED else ""),
            )
            for one in worked
        ]
    )


def _last_of_order(worked: Iterable[Worked]) -> dict[int, datetime]:
    last: dict[int, datetime] = {}
    for one in worked:
        last[one.order_id] = max(one.arrived_at, last.get(one.order_id, one.arrived_at))
    return last


def _newest() -> int | None:
    return DurationFit.objects.order_by("-at", "-pk").values_list("pk", flat=True).first()


@lru_cache(maxsize=2)
def _durations(fit_id: int) -> Durations:
    return durations_from(DurationFit.objects.values_list("durations", flat=True).get(pk=fit_id))


@lru_cache(maxsize=2)
def _traffic(fit_id: int) -> Traffic:
    return traffic_from(DurationFit.objects.values_list("traffic", flat=True).get(pk=fit_id))


def _same_day(a: datetime, b: datetime) -> bool:
    return timezone.localtime(a).date() == timezone.localtime(b).date()


def _point(lat: float | None, lon: float | None) -> Point | None:
    return Point(lat, lon) if lat is not None and lon is not None else None
