"""Planning runs as they go on, and the patterns that past visits show."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from blisko.field.queries import regions_for
from blisko.kit import clock
from blisko.kit.errors import Invalid, Refusal, WrongMoment
from blisko.kit.fields import said
from blisko.kit.requests import HouseRequest
from blisko.kit.telling import told
from blisko.live.forms import RunForm, tell_refusal
from blisko.live.views.plan_head import head_of, listening
from blisko.planning.queries import patterns_between, plan_runs
from blisko.planning.rules.runs import UNDER_WAY
from blisko.planning.services import cancel_plan_run, start_plan_run
from blisko.visits.queries import job_types_for

SHOWN = 50  # runs
SPANS = (30, 90, 365)  # days
PERCENT = ("share", "low", "high", "others", "reason_share")


@login_required
@require_GET
def runs(request: HouseRequest) -> HttpResponse:
    """What is being planned and what was; `#runs` is asked for again on every hint."""
    return _runs(request, _form(request))


def _form(request: HouseRequest, typed: Any = None) -> RunForm:
    day = timezone.localtime(clock.now()).date() + timedelta(days=1)
    return RunForm(typed, regions=[(one.code, one.name) for one in regions_for(request.actor)], initial={"day": day})


def _runs(request: HouseRequest, form: RunForm, *, no: Refusal | None = None) -> HttpResponse:
    words = {
        **listening(request, "runs", "plan_runs"),
        "runs": plan_runs(request.actor)[:SHOWN],
        "under_way": UNDER_WAY,
        "form": form,
        "names": {code: name for code, name in form.regions if code},
        "no": told(no.words, no.details) if no else "",
    }
    return render(request, "live/plan/runs.html", words, status=no.status if no else Invalid.status if form.errors else 200)


@login_required
@require_POST
def start(request: HouseRequest) -> HttpResponse:
    """Have a day of a region planned anew."""
    form = _form(request, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            start_plan_run(given["day"], region=given["region"], seconds=given["seconds"], actor=request.actor, now=clock.now())
        except (Invalid, WrongMoment) as no:
            tell_refusal(form, no)
        else:
            messages.success(request, gettext("The day is being planned."))
            return redirect("live:plan_runs")
    return _runs(request, form)


@login_required
@require_POST
def cancel(request: HouseRequest, run_id: int) -> HttpResponse:
    """Stop a run."""
    try:
        cancel_plan_run(run_id, actor=request.actor, now=clock.now())
    except WrongMoment as no:
        return _runs(request, _form(request), no=no)
    messages.success(request, gettext("Stopped: the plan stays as it was."))
    return redirect("live:plan_runs")


@login_required
@require_GET
def patterns(request: HouseRequest) -> HttpResponse:
    """Job types and parts that repeat or run over: patterns, not people."""
    now, actor = clock.now(), request.actor
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(span) for span in SPANS} else SPANS[1]
    names = {job.code: said(job.names) for job in job_types_for(actor)}
    rows = [
        {"one": one, "job": names.get(one.job_type, one.job_type), **{name: round(100 * getattr(one, name)) for name in PERCENT}}
        for one in patterns_between(actor, now - timedelta(days=days), now)
    ]
    words = {**head_of(request, "patterns"), "rows": rows, "days": days, "spans": SPANS}
    return render(request, "live/plan/patterns.html", words)
