"""How a day's plan came to be what it is: its versions, and what is different between any two."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from blisko.access.rules import Actor
from blisko.kit import clock
from blisko.kit.requests import HouseRequest
from blisko.live.queries.worklist import moves_of
from blisko.live.views.dispatcher import named_day
from blisko.live.views.plan_head import listening
from blisko.planning.errors import NoSuchVersion
from blisko.planning.queries import plan_difference, plan_versions
from blisko.planning.rules.lines import unpacked

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
    """The versions of a day's plan; `?a=&b=` compares any two, `?version=` shows what one changed; all stays in the address."""
    head = listening(request, "versions", "day")
    now, actor = clock.now(), request.actor
    today = timezone.localtime(now).date()
    day = named_day(request.GET.get("day", ""), today)
    a, b, one = (_id(request.GET.get(name, "")) for name in ("a", "b", "version"))
    words: dict[str, Any] = {
        **head,
        "day": day,
        "today": today,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "versions": [(version, len(unpacked(version.changes))) for version in plan_versions(actor, day)[:MOST]],
        "shown": _compared(actor, a, b) if a and b else _alone(actor, one) if one else None,
        "a": a,
        "b": b,
    }
    return render(request, "live/plan/versions.html", words)


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
