"""The technician's day on his telephone."""

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from blisko.access.rules import Actor
from blisko.field.queries import own_technician, skills_for
from blisko.field.services import set_photo
from blisko.kit import clock
from blisko.kit.errors import Refusal
from blisko.kit.requests import HouseRequest
from blisko.kit.tickets import page_ticket
from blisko.live.queries.day import card_of, gone_from, own_day
from blisko.live.queries.devices import page_report_url, phone_setup
from blisko.live.queries.help import own_help
from blisko.live.queries.known import known_of, own_places
from blisko.live.queries.operations import closing_of, own_aside
from blisko.live.queries.parts import day_parts, visit_parts
from blisko.live.queries.positions import devices_of, unusable_counts_of
from blisko.live.queries.private import break_minutes, private_now
from blisko.live.rules.fixes import PRIVATE_MINUTES
from blisko.live.rules.operations import ROWS
from blisko.live.rules.provisioning import App
from blisko.live.services import issue_device, revoke_device
from blisko.live.services.calls import note_call
from blisko.live.services.private import end_private, go_private, take_break
from blisko.planning.queries import open_swap_of, swaps_asked_of
from blisko.planning.rules.swaps import SwapState
from blisko.visits.errors import NoSuchVisit
from blisko.visits.queries import photo_for
from blisko.visits.rules import VISIT_LIFE, NeedReason, VisitState

if TYPE_CHECKING:
    from blisko.field.models import Technician

# The step the thumb finds in each state; whatever else is open there lies under "something else".
MAIN = {VisitState.BOOKED: "set_out", VisitState.ON_THE_WAY: "arrive", VisitState.ON_SITE: "finish"}
NOTED = ("no_access", "give_up", "need_another")
ASIDE_SHOWN = timedelta(days=2)


def _flow() -> tuple[str, dict[str, str]]:
    """Answer the table of steps as a telephone without a network reads it, and in which states each of the other steps is offered."""
    rows = [(state, step, after) for (state, step), after in VISIT_LIFE.steps.items() if state in MAIN and step != "cancel"]
    others: dict[str, str] = {}
    for state, step, _ in rows:
        if MAIN[state] != step:
            others[step] = f"{others.get(step, '')} {state}".strip()
    return "|".join(" ".join(row) for row in rows), others


FLOW, OTHERS = _flow()
STATES = [VisitState.BOOKED, *dict.fromkeys(after for (_, step), after in VISIT_LIFE.steps.items() if step not in ("cancel", "choose"))]


def shell(actor: Actor, me: "Technician", bar: str) -> dict[str, object]:
    """Answer what the frame of each of his pages needs: where it stands, and where the page reports its own position."""
    private = private_now(me.pk, actor=actor, now=clock.now())
    return {
        "bar": bar,
        "who": me.pk,
        "flow": FLOW,
        "states": STATES,
        "report_url": page_report_url(me.pk, actor=actor),
        "simulated": clock.simulated(),
        "private": private,
    }


@login_required
@require_GET
def my_day(request: HouseRequest) -> HttpResponse:
    now, actor = clock.now(), request.actor
    me = own_technician(actor)
    rows = own_day(actor, timezone.localtime(now).date(), now=now)
    tomorrow = own_day(actor, timezone.localtime(now).date() + timedelta(days=1), now=now)
    gone = gone_from(actor, me.pk, now=now)
    ticket = page_ticket([*(f"visit:{row.visit.pk}" for row in rows), "assignments", f"swaps:{me.pk}"], now=now)
    words = {
        "me": me,
        "rows": rows,
        "gone": gone,
        "tomorrow": tomorrow,
        "parts": day_parts(actor, me.pk, timezone.localtime(now).date(), now=now),
        "ticket": ticket,
        "drawn": now.isoformat(),
        **shell(actor, me, "day"),
        "asides": own_aside(actor, [one.visit_id for one in gone], since=now - ASIDE_SHOWN),
        "asked": sum(one.offer.state == SwapState.OFFERED for one in swaps_asked_of(actor)),
        "aside": own_aside(actor, [0], since=now - ASIDE_SHOWN).get(0, []),
        "left": sum(row.visit.state in (VisitState.BOOKED, VisitState.ON_THE_WAY, VisitState.ON_SITE) for row in rows),
    }
    return render(request, "live/technician/day.html", words)


@login_required
@require_GET
def visit(request: HouseRequest, visit_id: int) -> HttpResponse:
    return shown_visit(request, visit_id)


def shown_visit(request: HouseRequest, visit_id: int, *, no: Refusal | None = None) -> HttpResponse:
    """Draw the card of one's own visit; `no` is why the last thing could not be done."""
    now, actor = clock.now(), request.actor
    me = own_technician(actor)
    try:
        words = _card_words(actor, visit_id)
    except NoSuchVisit:  # it may be taken from him while the page is put together
        gone = [one for one in gone_from(actor, me.pk, now=now) if one.visit_id == visit_id]
        if not gone:
            raise
        aside = own_aside(actor, [visit_id], since=now - ASIDE_SHOWN).get(visit_id, [])
        return render(request, "live/technician/gone.html", {"gone": gone[0], "aside": aside, **shell(actor, me, "day")})
    words |= {"no": gettext(str(no.words)) if no else "", **shell(actor, me, "day")}
    return render(request, "live/technician/visit.html", words, status=no.status if no else 200)


def _card_words(actor: Actor, visit_id: int) -> dict[str, object]:
    """Answer what the card of a visit shows; refuse `NoSuchVisit` as soon as it is no longer the reader's."""
    now = clock.now()
    card = card_of(actor, visit_id, now=now)
    return {
        "card": card,
        "drawn": now.isoformat(),
        "visit": card.visit,
        "open": bool(set(card.steps) - {"cancel"}),
        "mains": list(MAIN.items()),
        "others": OTHERS,
        "noted": NOTED,
        "parts": visit_parts(actor, visit_id, now=now),
        "causes": list(NeedReason),
        "skills": skills_for(actor),
        "rows": ROWS,
        "closing": closing_of(actor, visit_id, now=now),
        "aside": own_aside(actor, [visit_id], since=now - ASIDE_SHOWN).get(visit_id, []),
        "offered": open_swap_of(actor, visit_id),
        "help": own_help(actor, visit_id, now=now),
        "next": reverse("live:my_visit", args=[visit_id]),
        "ticket": page_ticket([f"visit:{visit_id}"], now=now),
    }


@login_required
@require_POST
def called(request: HouseRequest, visit_id: int) -> HttpResponse:
    """He has tapped the customer's number."""
    card = card_of(request.actor, visit_id, now=clock.now())
    if card.ring:
        note_call(visit_id, masked=card.ring.masked, actor=request.actor, now=clock.now())
    return HttpResponse(status=204)


@login_required
@require_GET
def visit_photo(request: HouseRequest, visit_id: int, photo_id: int) -> HttpResponse:
    """A photo of a visit one may see."""
    photo = photo_for(request.actor, visit_id, photo_id, now=clock.now())
    response = FileResponse(photo.file.open("rb"), content_type="image/webp")
    response["Cache-Control"] = "private, max-age=3600"
    return response  # type: ignore[return-value]


@login_required
@require_GET
def my_phone(request: HouseRequest) -> HttpResponse:
    """The phones that report for me, what they sent that could not be kept, and my photo."""
    now, actor = clock.now(), request.actor
    me = own_technician(actor)
    words = {
        "me": me,
        "apps": [App.TRACCAR, App.OWNTRACKS, App.OSMAND, App.PAGE],
        "phones": [phone_setup(one.pk, actor=actor) for one in devices_of(actor, me.pk)],
        "lengths": PRIVATE_MINUTES,
        "break_lasts": break_minutes(actor, me.pk, now=now),
        "counts": unusable_counts_of(actor, me.pk, since=now - timedelta(days=7)),
        **shell(actor, me, "phone"),
    }
    return render(request, "live/technician/phone.html", words)


@login_required
@require_GET
def known(request: HouseRequest) -> HttpResponse:
    """What is known about me, and for how long."""
    actor = request.actor
    words = {"known": known_of(actor, now=clock.now()), **shell(actor, own_technician(actor), "phone")}
    return render(request, "live/technician/known.html", words)


@login_required
@require_GET
def known_places(request: HouseRequest) -> HttpResponse:
    """Every place that is kept of me, as a sheet."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(["time", "lat", "lon", "accuracy_m", "app"])
    sheet.writerows([at.isoformat(), lat, lon, accuracy, app] for at, lat, lon, accuracy, app in own_places(request.actor))
    return HttpResponse(
        out.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="places.csv"', "Cache-Control": "no-store"},
    )


@login_required
@require_POST
def private(request: HouseRequest) -> HttpResponse:
    """Be private for a while or on a break, or no longer."""
    minutes = request.POST.get("minutes", "")
    if minutes == "break":
        take_break(actor=request.actor, now=clock.now())
    elif minutes == "0":
        end_private(actor=request.actor, now=clock.now())
    else:
        go_private(int(minutes) if minutes.isdecimal() else -1, actor=request.actor, now=clock.now())
    return redirect("live:my_phone")


@login_required
@require_POST
def add_phone(request: HouseRequest) -> HttpResponse:
    issue_device(own_technician(request.actor).pk, request.POST.get("app", ""), actor=request.actor, now=clock.now())
    return redirect("live:my_phone")


@login_required
@require_POST
def drop_phone(request: HouseRequest, device_id: int) -> HttpResponse:
    revoke_device(device_id, actor=request.actor, now=clock.now())
    return redirect("live:my_phone")


@login_required
@require_POST
def my_photo(request: HouseRequest) -> HttpResponse:
    if given := request.FILES.get("photo"):
        set_photo(own_technician(request.actor).pk, given.read(), actor=request.actor, now=clock.now())
    return redirect("live:my_phone")
