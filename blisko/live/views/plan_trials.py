"""What if: one more technician on a day, or another preset. It is searched as a job and shown beside the plan; the plan stays."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from blisko.field.queries import regions_for
from blisko.kit import clock
from blisko.kit.errors import Invalid, Refusal, WrongMoment
from blisko.kit.requests import HouseRequest
from blisko.kit.telling import told
from blisko.live.forms import TrialDayForm, TrialForm, tell_refusal, tomorrow
from blisko.live.views.plan_head import listening
from blisko.planning.queries import DayToTry, day_to_try, is_overtaken, newest_trial, preset_in_use
from blisko.planning.rules.presets import Preset, in_minutes_driven
from blisko.planning.rules.runs import UNDER_WAY
from blisko.planning.rules.trials import ANEW, AS_PLANNED, ONE_MORE
from blisko.planning.services import cancel_trial, choose_preset, start_trial

if TYPE_CHECKING:
    from blisko.planning.models import PlanTrial

TERMS: dict[str, str | Promise] = {
    "left_out": _("Visits left out"),
    "kept": _("Promises kept"),
    "late": _("Promises broken"),
    "driven": _("Minutes driven"),
    "overtime": _("Minutes of overtime"),
    "told_again": _("Customers to be told"),
}
PRESETS: dict[Preset, tuple[str | Promise, str | Promise]] = {
    Preset.BALANCED: (_("A bit of everything"), _("Promises, ways, overtime and customers' peace in the usual proportion.")),
    Preset.PROMISES: (_("Promises first"), _("A promise broken or a visit left out weighs most; people drive and stay longer for it.")),
    Preset.ROADS: (_("Few minutes driven"), _("A minute driven weighs double; customers are told of another time sooner.")),
    Preset.CALM: (_("Nobody is told twice"), _("What customers were told stays, even where that means longer ways.")),
}


@login_required
@require_GET
def trials(request: HouseRequest) -> HttpResponse:
    """What was tried last for a day and region; both stay in the address, and `#trial` is asked for again on every hint."""
    return _page(request, request.GET)


@login_required
@require_POST
def start(request: HouseRequest) -> HttpResponse:
    """Have a day tried with one more technician and under every preset."""
    chosen = _chosen(request, request.POST)
    form = _form(request, day_to_try(request.actor, *_day_of(chosen), now=clock.now()), request.POST)
    if chosen.is_valid() and form.is_valid():
        given = form.cleaned_data
        day, region = _day_of(chosen)
        try:
            start_trial(day, given["like"], region=region, seconds=given["seconds"], actor=request.actor, now=clock.now())
        except (Invalid, WrongMoment) as no:
            tell_refusal(form, no)
        else:
            messages.success(request, gettext("The day is being tried. Its plan stays as it is."))
            return _back(day, region)
    return _page(request, request.POST, form=form)


@login_required
@require_POST
def cancel(request: HouseRequest, trial_id: int) -> HttpResponse:
    """Stop a trial."""
    try:
        trial = cancel_trial(trial_id, actor=request.actor, now=clock.now())
    except WrongMoment as no:
        return _page(request, request.POST, no=no)
    messages.success(request, gettext("Stopped. Nothing was changed."))
    return _back(trial.day, trial.region)


@login_required
@require_POST
def preset(request: HouseRequest) -> HttpResponse:
    """Have the house strive for something else from now on."""
    chosen = _chosen(request, request.POST)
    try:
        choose_preset(request.POST.get("preset", ""), actor=request.actor, now=clock.now())
    except Invalid as no:
        return _page(request, request.POST, no=no)
    messages.success(request, gettext("Chosen. Plans and repairs strive for this from now on."))
    return _back(*_day_of(chosen))


def _back(day: date, region: str) -> HttpResponse:
    asked = QueryDict(mutable=True)
    asked.update({"day": day.isoformat(), "region": region})
    return redirect(f"{reverse('live:plan_trials')}?{asked.urlencode()}")


def _chosen(request: HouseRequest, asked: QueryDict) -> TrialDayForm:
    """Answer the day and region asked for: tomorrow and the first region where nobody asked."""
    regions = [(one.code, one.name) for one in regions_for(request.actor)]
    first = regions[0][0] if regions else ""
    return TrialDayForm({"day": asked.get("day", str(tomorrow())), "region": asked.get("region", first)}, regions=regions)


def _day_of(chosen: TrialDayForm) -> tuple[date, str]:
    given = chosen.cleaned_data if chosen.is_valid() else {}
    return given.get("day", tomorrow()), given.get("region", chosen.regions[0][0])


def _form(request: HouseRequest, found: DayToTry, typed: QueryDict | None = None) -> TrialForm:
    return TrialForm(typed, examples=found.examples)


def _page(request: HouseRequest, asked: QueryDict, *, form: TrialForm | None = None, no: Refusal | None = None) -> HttpResponse:
    actor, now = request.actor, clock.now()
    heard = listening(request, "trials", "trials")
    chosen = _chosen(request, asked)
    day, region = _day_of(chosen)
    found, trial = day_to_try(actor, day, region, now=now), newest_trial(actor, day, region)
    wrong = bool(chosen.errors or (form and form.errors))
    words = {
        **heard,
        "day": day,
        "region": region,
        "chosen": chosen,
        "found": found,
        "form": form or _form(request, found),
        "over": day < tomorrow(0),
        "trial": trial,
        "waits": trial is not None and trial.state in UNDER_WAY,
        "overtaken": trial is not None and is_overtaken(actor, trial),
        "strove_for": PRESETS[Preset(trial.preset)][0] if trial else "",
        "terms": _terms_of(trial) if trial and trial.found else [],
        "presets": _presets_of(trial, preset_in_use(actor)),
        "columns": [words for name, words in TERMS.items() if name != "kept"],
        "may_choose": actor.may("planning.rules"),
        "no": told(no.words, no.details) if no else "",
    }
    return render(request, "live/plan/trials.html", words, status=no.status if no else Invalid.status if wrong else 200)


def _counted(trial: "PlanTrial", name: str) -> Mapping[str, int]:
    """Answer what one search amounts to, promises kept among it: visits that take place and are not late."""
    found: dict[str, int] = trial.found[name]
    return {**found, "kept": trial.visits - found["left_out"] - found["late"]}


def _terms_of(trial: "PlanTrial") -> list[dict[str, Any]]:
    planned, anew, more = (_counted(trial, name) for name in (AS_PLANNED, ANEW, ONE_MORE))
    return [
        {
            "name": name,
            "words": words,
            "planned": planned[name],
            "anew": anew[name],
            "more": more[name],
            "brings": more[name] - anew[name],
            "served": anew[name] - more[name],
        }
        for name, words in TERMS.items()
    ]


def _presets_of(trial: "PlanTrial | None", in_use: Preset) -> list[dict[str, Any]]:
    """Answer every preset with its words and, where it was tried, its figures and by how much they differ from the one in use."""
    counted = {}
    if trial and trial.found:
        counted = {one.value: _counted(trial, ANEW if one == trial.preset else one.value) for one in Preset}
    names = [name for name in TERMS if name != "kept"]
    return [
        {
            "preset": one.value,
            "words": title,
            "text": text,
            "weighs": in_minutes_driven(one),
            "in_use": one == in_use,
            "figures": [{"n": counted[one][name], "more": counted[one][name] - counted[in_use][name]} for name in names] if counted else [],
        }
        for one, (title, text) in PRESETS.items()
    ]
