"""Pages for whoever writes the texts, whoever looks after messages, and the demo's telephones."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from blisko.access.rules import Actor
from blisko.kit import clock
from blisko.kit.errors import NotFound
from blisko.messaging.forms import FilterForm, TextForm
from blisko.messaging.queries import (
    deliveries_for,
    delivery_for,
    delivery_steps,
    demo_mailboxes,
    demo_messages,
    doubts_for,
    is_opted_out,
    past_texts,
    text_to_edit,
    texts_overview,
)
from blisko.messaging.rules.delivery import DELIVERY_LIFE, Address, Channel, DeliveryState
from blisko.messaging.rules.templates import LANGUAGES
from blisko.messaging.services import (
    give_up_delivery,
    mark_delivery_sent,
    opt_in,
    opt_out,
    resend_delivery,
    restore_default_text,
    save_text,
)

PAGE = 50
DECISIONS = {"resend": resend_delivery, "mark_sent": mark_delivery_sent, "give_up": give_up_delivery}


@login_required
@require_GET
def texts(request: HttpRequest) -> HttpResponse:
    """Every message with its texts in force."""
    return render(request, "messaging/texts.html", {"overview": texts_overview(_actor(request)), "languages": LANGUAGES})


@login_required
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, code: str, channel: str, language: str) -> HttpResponse:
    """One text: edit it and see it as its reader will."""
    kind, current, row = text_to_edit(_actor(request), code, _channel(channel), language)
    start = {"subject": current.subject, "body": current.body, "transliterate": current.transliterate}
    form = TextForm(_actor(request), kind, _channel(channel), language, start)
    if request.method == "POST":
        form = TextForm(_actor(request), kind, _channel(channel), language, request.POST)
        if form.is_valid() and "preview" not in request.POST:
            save_text(_actor(request), code, _channel(channel), language, form.text, now=clock.now())
            messages.success(request, gettext("Saved. Messages written from now on use this text."))
            return redirect("messaging:text", code=code, channel=channel, language=language)
    form.is_valid()
    words: dict[str, Any] = {"kind": kind, "form": form, "row": row, "past": past_texts(_actor(request), row)[:20], "channel": channel}
    words |= {"spoken": language, "languages": LANGUAGES, "channels": list(Channel)}
    return render(request, "messaging/text.html", words)


@login_required
@require_POST
def preview(request: HttpRequest, code: str, channel: str, language: str) -> HttpResponse:
    """The preview alone, as one types."""
    kind, _, _ = text_to_edit(_actor(request), code, _channel(channel), language)
    form = TextForm(_actor(request), kind, _channel(channel), language, request.POST)
    form.is_valid()
    return render(request, "messaging/parts/preview.html", {"form": form, "spoken": language})


@login_required
@require_POST
def restore(request: HttpRequest, code: str, channel: str, language: str) -> HttpResponse:
    """Back to the text the house came with."""
    restore_default_text(_actor(request), code, _channel(channel), language, now=clock.now())
    messages.success(request, gettext("The house's own text is back."))
    return redirect("messaging:text", code=code, channel=channel, language=language)


@login_required
@require_GET
def deliveries(request: HttpRequest) -> HttpResponse:
    """What went out and how far it got; what nobody knows the fate of comes first."""
    form = FilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = Paginator(deliveries_for(_actor(request), **wanted), PAGE).get_page(request.GET.get("page"))
    words = {"form": form, "found": found, "doubts": doubts_for(_actor(request))[:PAGE], "decides": _decides(request)}
    return render(request, "messaging/deliveries.html", words)


@login_required
@require_GET
def delivery(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """One message: its words, its way, and what a person may decide."""
    row = delivery_for(_actor(request), delivery_id)
    open_steps = [step for step in DELIVERY_LIFE.open_steps(DeliveryState(row.state)) if step in DECISIONS]
    # Only what is not under way by itself waits for a person.
    if row.state not in (DeliveryState.IN_DOUBT, DeliveryState.GIVEN_UP) or not _decides(request):
        open_steps = []
    words = {"row": row, "steps": delivery_steps(_actor(request), row), "open_steps": open_steps}
    words |= {"opted_out": is_opted_out(_actor(request), row), "decides": _decides(request)}
    return render(request, "messaging/delivery.html", words)


@login_required
@require_POST
def decide(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """A person's word about a doubtful message."""
    decision = DECISIONS.get(request.POST.get("decision", ""))
    if decision is None:
        raise NotFound
    decision(_actor(request), delivery_id, now=clock.now())
    return redirect("messaging:delivery", delivery_id=delivery_id)


@login_required
@require_POST
def consent(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """The owner of a message's address wants no more of them, or wants them again."""
    row = delivery_for(_actor(request), delivery_id)
    change = opt_out if request.POST.get("wants") == "none" else opt_in
    change(_actor(request), Address(Channel(row.channel), row.address), now=clock.now())
    return redirect("messaging:delivery", delivery_id=delivery_id)


@require_GET
def phones(request: HttpRequest) -> HttpResponse:
    """The demo's telephones and mailboxes."""
    return render(request, "messaging/phones.html", {"boxes": demo_mailboxes(_actor(request)), "now": clock.now()})


@require_GET
def phone(request: HttpRequest, address: str) -> HttpResponse:
    """One demo telephone (or mailbox) with what arrived at it."""
    words = {"address": address, "arrived": demo_messages(_actor(request), address), "now": clock.now(), "is_mail": "@" in address}
    return render(request, "messaging/phone.html", words)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _channel(name: str) -> Channel:
    try:
        return Channel(name)
    except ValueError:
        raise NotFound from None


def _decides(request: HttpRequest) -> bool:
    return _actor(request).may("messaging.resolve_doubt")
