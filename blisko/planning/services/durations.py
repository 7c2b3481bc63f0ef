"""What is learned from the past, kept for planning to count with."""

from datetime import datetime, timedelta

from django.db import transaction

from blisko.access.rules import Actor, require
from blisko.access.services import keep_days
from blisko.planning.models import DurationFit, StartForecast
from blisko.planning.queries.durations import done_drives, done_jobs, worked_between
from blisko.planning.rules.durations import fit_durations
from blisko.planning.rules.traffic import fit_traffic

LOOK_BACK = 120  # days


@transaction.atomic
def learn_durations(*, actor: Actor, now: datetime, days: int = LOOK_BACK) -> DurationFit:
    """Fit how long work and drives take to the visits of the last days; from now on planning counts with it."""
    require(actor, "planning.assign")
    worked = worked_between(now - timedelta(days=days), now)
    durations = fit_durations(done_jobs(worked))
    traffic = fit_traffic(done_drives(worked))
    return DurationFit.objects.create(
        at=now,
        days=days,
        visits=durations.visits,
        mistaken=durations.mistaken,
        legs=traffic.legs,
        durations=durations.as_json(),
        traffic=traffic.as_json(),
    )


@keep_days("planning.durations", 30, "Tables of how long work takes, by technician")
def _forget_fits(before: datetime) -> int:
    newest = DurationFit.objects.order_by("-at", "-pk").values_list("pk", flat=True)[:1]
    return DurationFit.objects.filter(at__lt=before).exclude(pk__in=list(newest)).delete()[0]


@keep_days("planning.forecasts", 60, "Forecasts of when visits start")
def _forget_forecasts(before: datetime) -> int:
    return StartForecast.objects.filter(made_at__lt=before).delete()[0]
