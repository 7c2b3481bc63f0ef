"""Pages for whoever connects other systems: who is told of visits, what did not arrive and why, and telling it again."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from blisko.access.rules import Actor
from blisko.kit import clock
from blisko.kit.errors import Invalid, NotFound
from blisko.webhooks.forms import CallsForm, EndpointForm, ReplayForm
from blisko.webhooks.queries import call_for, calls_for, endpoint_for, endpoint_line, endpoints_for, secrets_of, waits_behind
from blisko.webhooks.services import (
    add_endpoint,
    ask_for_replay,
    change_endpoint,
    end_old_secrets,
    pause_endpoint,
    remove_endpoint,
    replay_call,
    resume_endpoint,
    reveal_secret,
    rotate_secret,
    skip_call,
)

PAGE = 50
DECISIONS = {"pause": pause_endpoint, "resume": resume_endpoint, "end-old": end_old_secrets}
CALL_DECISIONS = {"replay": replay_call, "skip": skip_call}


@login_required
@require_http_methods(["GET", "POST"])
def endpoints(request: HttpRequest) -> HttpResponse:
    """Every endpoint with its waiting line, and a form for one more."""
    actor = _actor(request)
    found = endpoints_for(actor)
    form = EndpointForm(initial=EndpointForm.start(None))
    if request.method == "POST":
        form = EndpointForm(request.POST)
        if form.is_valid():
            made = add_endpoint(**form.cleaned_data, actor=actor, now=clock.now())
            return _shown(request, made.pk, secret=reveal_secret(made.pk, actor=actor, now=clock.now()))
    return render(request, "webhooks/endpoints.html", {"lines": found, "form": form}, status=Invalid.status if form.errors else 200)


@login_required
@require_GET
def endpoint(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """One endpoint: how it does, what it was told, what to do about it."""
    return _shown(request, endpoint_id)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Another address, other events."""
    actor = _actor(request)
    found = endpoint_for(actor, endpoint_id)
    form = EndpointForm(initial=EndpointForm.start(found))
    if request.method == "POST":
        form = EndpointForm(request.POST)
        if form.is_valid():
            change_endpoint(endpoint_id, **form.cleaned_data, actor=actor, now=clock.now())
            messages.success(request, gettext("Saved."))
            return redirect("webhooks:endpoint", endpoint_id=endpoint_id)
    return render(request, "webhooks/edit.html", {"endpoint": found, "form": form}, status=Invalid.status if form.errors else 200)


@login_required
@require_POST
def decide(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Pause it, let it go on, or sign with the new secret alone."""
    decision = DECISIONS.get(request.POST.get("decision", ""))
    if decision is None:
        raise NotFound
    decision(endpoint_id, actor=_actor(request), now=clock.now())
    return redirect("webhooks:endpoint", endpoint_id=endpoint_id)


@login_required
@require_POST
def rotate(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """A new secret, shown in this answer alone."""
    rotate_secret(endpoint_id, actor=_actor(request), now=clock.now())
    return _shown(request, endpoint_id, secret=reveal_secret(endpoint_id, actor=_actor(request), now=clock.now()))


@login_required
@require_POST
def remove(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Forget an endpoint that is paused."""
    remove_endpoint(endpoint_id, actor=_actor(request), now=clock.now())
    messages.success(request, gettext("The webhook is removed. Nothing waits for it any more."))
    return redirect("webhooks:endpoints")


@login_required
@require_POST
def replay(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Tell everything again from a time on."""
    form = ReplayForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Give a day and a time."))
        return redirect("webhooks:endpoint", endpoint_id=endpoint_id)
    n = ask_for_replay(endpoint_id, form.cleaned_data["since"], actor=_actor(request), now=clock.now())
    messages.success(request, ngettext("{n} message will be sent again.", "{n} messages will be sent again.", n).replace("{n}", str(n)))
    return redirect("webhooks:endpoint", endpoint_id=endpoint_id)


@login_required
@require_GET
def call(request: HttpRequest, call_id: int) -> HttpResponse:
    """One message: its body, what the other side said, and what a person may decide."""
    found = call_for(_actor(request), call_id)
    return render(request, "webhooks/call.html", {"call": found, "behind": waits_behind(_actor(request), found)})


@login_required
@require_POST
def decide_call(request: HttpRequest, call_id: int) -> HttpResponse:
    """A person's word about one message."""
    decision = CALL_DECISIONS.get(request.POST.get("decision", ""))
    if decision is None:
        raise NotFound
    decision(call_id, actor=_actor(request), now=clock.now())
    return redirect("webhooks:call", call_id=call_id)


def _shown(request: HttpRequest, endpoint_id: int, *, secret: str = "") -> HttpResponse:
    actor, now = _actor(request), clock.now()
    line = endpoint_line(actor, endpoint_id)
    form = CallsForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    words: dict[str, Any] = {
        "line": line,
        "endpoint": line.endpoint,
        "form": form,
        "replay": ReplayForm(),
        "secrets": secrets_of(actor, line.endpoint, now=now),
        "found": Paginator(calls_for(actor, endpoint_id, **wanted), PAGE).get_page(request.GET.get("page")),
        "secret": secret,
        "rests": line.endpoint.rests_until is not None and line.endpoint.rests_until > now,
    }
    return render(request, "webhooks/endpoint.html", words)


def _actor(request: HttpRequest) -> Actor:
    return cast(Actor, request.actor)  # type: ignore[attr-defined]
