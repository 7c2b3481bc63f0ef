"""The keys of programs: who is let in, with what, and the way out."""

from datetime import timedelta
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from blisko.access.forms import ApiKeyForm
from blisko.access.queries import api_keys
from blisko.access.rules import Actor, require
from blisko.access.services import issue_api_key, reveal_token, revoke_api_key
from blisko.kit import clock
from blisko.kit.errors import Invalid


@login_required
@require_http_methods(["GET", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """Every program's key; a new one is shown in the answer that makes it, and never again."""
    actor, now = _actor(request), clock.now()
    require(actor, "access.manage_keys")
    token, form = "", ApiKeyForm(actor)
    if request.method == "POST":
        form = ApiKeyForm(actor, request.POST)
        if form.is_valid():
            days = form.cleaned_data["days"]
            until = now + timedelta(days=days) if days else None
            token = reveal_token(
                issue_api_key(form.cleaned_data["name"], form.cleaned_data["scopes"], actor=actor, now=now, until=until).pk
            )
            form = ApiKeyForm(actor)
    words = {"form": form, "token": token, "rows": [(key, key.until is not None and key.until <= now) for key in api_keys(actor)]}
    response = render(request, "access/keys.html", words, status=Invalid.status if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    """Let a program in no longer."""
    revoke_api_key(key_id, actor=_actor(request), now=clock.now())
    messages.success(request, gettext("The key has ended. Its program is no longer let in."))
    return redirect("access:keys")


def _actor(request: HttpRequest) -> Actor:
    return cast(Actor, request.actor)  # type: ignore[attr-defined]
