"""How a day's plan came to be what it is: its versions, what is different between any two, and the way back to one."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from blisko.access.rules import Actor
from blisko.kit import clock
from blisko.kit.errors import Refusal, WrongMoment
from blisko.kit.requests import HouseRequest
from blisko.kit.telling import told
from blisko.live.queries.worklist import moves_of
from blisko.live.views.dispatcher import named_day
from blisko.live.views.plan_head import listening
from blisko.planning.errors import NoSuchVersion
from blisko.planning.queries import plan_difference, plan_versions, return_to
from blisko.planning.rules.lines import unpacked
from blisko.planning.services import restore_version
from blisko.visits.queries import visits_by_id

MOST = 300  # versions in the list
TERMS: dict[str, str | Promise] = {
    "left_out": _("Visits left out"),
    "late": _("Promises broken"),
    "driven": _("Minutes driven"),
    "overtime": _("Minutes of overtime"),
    "told_again": _("Customers to be told"),
    "points": _("Cost in points"),
}


def terms_rows(before: Mapping[str, float], after: Mapping[str, float]) -> list[dict[str, Any]]:
    """Answer what a plan amounted to before and after, a row for each term; none where nobody counted."""
    return [
        {"words": words, "before": round(before[name]), "after": round(after[name]), "more": round(after[name] - before[name])}
        for name, words in TERMS.items()
        if name in before and name in after
    ]


@login_required
@require_GET
def versions(request: HouseRequest) -> HttpResponse:
    """The versions of a day's plan; `?a=&b=` compares any two, `?version=` shows what one changed, `?back=` what going back to one would.

    All stays in the address.
    """
    return _versions(request)


@login_required
@require_POST
def restore(request: HouseRequest) -> HttpResponse:
    """Go back to a version, as far as the day has not moved on."""
    version, seen = _id(request.POST.get("back", "")), _id(request.POST.get("seen", ""))
    try:
        restore_version(version, seen=seen, actor=request.actor, now=clock.now())
    except WrongMoment as no:
        return _versions(request, no=no)
    messages.success(request, gettext("The plan has gone back to version {a}.").replace("{a}", str(version)))
    day = request.POST.get("day", "")[:10]
    return redirect(reverse("live:plan_versions") + (f"?day={day}" if day else ""))


def _versions(request: HouseRequest, *, no: Refusal | None = None) -> HttpResponse:
    head = listening(request, "versions", "day")
    now, actor = clock.now(), request.actor
    today = timezone.localtime(now).date()
    asked = request.POST if request.method == "POST" else request.GET
    day = named_day(asked.get("day", ""), today)
    a, b, one, back = (_id(asked.get(name, "")) for name in ("a", "b", "version", "back"))
    words: dict[str, Any] = {
        **head,
        "day": day,
        "today": today,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "versions": [(version, len(unpacked(version.changes))) for version in plan_versions(actor, day)[:MOST]],
        "shown": _compared(actor, a, b) if a and b else _alone(actor, one) if one else None,
        "back": _way_back(actor, back, now) if back else None,
        "a": a,
        "b": b,
        "no": told(no.words, no.details) if no else "",
    }
    return render(request, "live/plan/versions.html", words, status=no.status if no else 200)


def _way_back(actor: Actor, version_id: int, now: datetime) -> dict[str, Any]:
    """Answer what going back to a version would change, whom somebody has to tell, and which visits stay, why, and with whom."""
    found = return_to(actor, version_id, now=now)
    moves = moves_of(actor, found.changes)
    visits = visits_by_id(actor, found.stays)
    stays = [(visits[pk], why) for pk, why in found.stays.items() if pk in visits]
    return {"found": found, "moves": moves, "tell": [one for one in moves if one.tell], "stays": stays}


def _compared(actor: Actor, a: int, b: int) -> dict[str, Any]:
    found = plan_difference(actor, a, b)
    moves = moves_of(actor, found.changes)
    terms = terms_rows(found.earlier.after, found.later.after)
    return {"earlier": found.earlier, "later": found.later, "moves": moves, "terms": terms, "tell": [one for one in moves if one.tell]}


def _alone(actor: Actor, version_id: int) -> dict[str, Any]:
    """Answer what one version changed by itself."""
    version = plan_difference(actor, version_id, version_id).later
    moves = moves_of(actor, unpacked(version.changes))
    terms = terms_rows(version.before, version.after)
    return {"earlier": None, "later": version, "moves": moves, "terms": terms, "tell": [one for one in moves if one.tell]}


def _id(said: str) -> int:
    if not said:
        return 0
    if not said.isdecimal() or len(said) > 18:
        raise NoSuchVersion
    return int(said)
