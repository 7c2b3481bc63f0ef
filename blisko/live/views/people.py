"""Customers with their one timeline, technicians with their phones, and booking."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from blisko.access.rules import require
from blisko.customers.queries import customer_for, customers_for, timeline_of
from blisko.customers.services import add_customer, add_site
from blisko.field.errors import NoSuchTechnician
from blisko.field.queries import own_technician, shifts_between, shifts_of, technician_for, technicians_for
from blisko.kit import clock
from blisko.kit.errors import Invalid, WrongMoment
from blisko.kit.requests import HouseRequest
from blisko.kit.tickets import stream_ticket
from blisko.live.forms import BookForm, tell_refusal, window_form_at
from blisko.live.queries.devices import phone_setup
from blisko.live.queries.positions import devices_of, unusable_counts_of
from blisko.live.rules.provisioning import App
from blisko.live.services import issue_device, revoke_device
from blisko.visits.queries import job_types_for, visits_of_customer
from blisko.visits.services import book_visit, invite_customer

PAGE = 50


@login_required
@require_GET
def home(request: HouseRequest) -> HttpResponse:
    """Bring everybody to the page of his work."""
    try:
        own_technician(request.actor)
    except NoSuchTechnician:
        return redirect("live:day")
    return redirect("live:my_day")


@login_required
@require_GET
def customers(request: HouseRequest) -> HttpResponse:
    search = request.GET.get("search", "").strip()
    found = Paginator(customers_for(request.actor, search=search), PAGE).get_page(request.GET.get("page"))
    return render(request, "live/people/customers.html", {"found": found, "search": search})


@login_required
@require_GET
def customer(request: HouseRequest, customer_id: int) -> HttpResponse:
    """Everything that happened to one customer, newest first."""
    now, actor = clock.now(), request.actor
    words = {
        "customer": customer_for(actor, customer_id, now=now),
        "timeline": Paginator(timeline_of(actor, customer_id, now=now), PAGE).get_page(request.GET.get("page")),
        "visits": visits_of_customer(actor, customer_id)[:20] if actor.may("visits.see_all") else [],
        "may_book": actor.may("visits.book"),
        "may_see_visits": actor.may("live.see_day"),
        "ticket": stream_ticket([f"customer:{customer_id}"], until=now + timedelta(minutes=30) * clock.speed(), fixes=False),
    }
    return render(request, "live/people/customer.html", words)


@login_required
@require_http_methods(["GET", "POST"])
def book(request: HouseRequest) -> HttpResponse:
    """Book a visit for a customer we know by number, or for a new one; `?number=` begins with one we know."""
    require(request.actor, "visits.book")
    jobs = job_types_for(request.actor)
    if request.method == "POST":
        form = BookForm(request.POST, actor=request.actor, jobs=jobs)
        if form.is_valid():
            try:
                return redirect("live:visit", _book(request, form))
            except (WrongMoment, Invalid) as no:
                tell_refusal(form, no)
        return render(request, "live/people/book.html", {"form": form}, status=Invalid.status)
    first = {**window_form_at(clock.now()).initial, "number": request.GET.get("number", ""), "language": get_language()}
    return render(request, "live/people/book.html", {"form": BookForm(initial=first, actor=request.actor, jobs=jobs)})


@transaction.atomic
def _book(request: HouseRequest, form: BookForm) -> int:
    actor, now, said = request.actor, clock.now(), form.cleaned_data
    customer = form.known or add_customer(
        actor=actor,
        now=now,
        number=said["number"],
        name=said["name"],
        language=said["language"] or "en",
        phone=said["phone"],
        email=said["email"],
    )
    site = customer.sites.first() if not said["street"] else None
    if site is None:
        where: dict[str, Any] = {name: said[name] for name in ("street", "city", "postcode", "lat", "lon")}
        site = add_site(customer.pk, actor=actor, now=now, **where)
    what: dict[str, Any] = {"site_id": site.pk, "job_type": said["job_type"], "description": said["description"]}
    if said["by_customer"]:
        return invite_customer(actor=actor, now=now, choose_until=form.choose_until(), **what).pk
    start, end = form.window()
    return book_visit(actor=actor, now=now, window_from=start, window_to=end, **what).pk


@login_required
@require_GET
def technicians(request: HouseRequest) -> HttpResponse:
    now = clock.now()
    shifts = {s.technician_id: s for s in shifts_between(request.actor, now, now + timedelta(hours=16))}
    found = [(one, shifts.get(one.pk)) for one in technicians_for(request.actor)]
    return render(request, "live/people/technicians.html", {"found": found})


@login_required
@require_GET
def technician(request: HouseRequest, technician_id: int) -> HttpResponse:
    """One technician: his phones with their QR codes, and what they sent that could not be kept."""
    now, actor = clock.now(), request.actor
    words = {
        "technician": technician_for(actor, technician_id),
        "phones": [phone_setup(one.pk, actor=actor) for one in devices_of(actor, technician_id)],
        "apps": [App.TRACCAR, App.OWNTRACKS, App.OSMAND],
        "counts": unusable_counts_of(actor, technician_id, since=now - timedelta(days=7)),
        "shifts": shifts_of(actor, technician_id, now - timedelta(days=1), now + timedelta(days=7)),
    }
    return render(request, "live/people/technician.html", words)


@login_required
@require_POST
def add_phone(request: HouseRequest, technician_id: int) -> HttpResponse:
    issue_device(technician_id, request.POST.get("app", ""), actor=request.actor, now=clock.now())
    return redirect("live:technician", technician_id)


@login_required
@require_POST
def drop_phone(request: HouseRequest, technician_id: int, device_id: int) -> HttpResponse:
    revoke_device(device_id, actor=request.actor, now=clock.now())
    return redirect("live:technician", technician_id)


@login_required
@require_GET
def photo(request: HouseRequest, technician_id: int) -> HttpResponse:
    """A technician's photo for signed-in staff."""
    one = technician_for(request.actor, technician_id)
    if not one.photo:
        raise NoSuchTechnician
    response = FileResponse(one.photo.open("rb"), content_type="image/webp")
    response["Cache-Control"] = "private, max-age=3600"
    return response  # type: ignore[return-value]
