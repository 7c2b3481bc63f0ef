"""Addresses that change something when they are looked at: planted for the check that finds such."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from blisko.access.rules import SYSTEM
from blisko.access.services import write_audit
from blisko.kit import clock


def by_anybody(request: HttpRequest, visit_id: int) -> HttpResponse:
    write_audit(SYSTEM, "opened", f"visit:{visit_id}", now=clock.now())
    return HttpResponse()


def by_head(request: HttpRequest, token: str) -> HttpResponse:
    if request.method == "HEAD":
        write_audit(SYSTEM, "opened", token, now=clock.now())
    return HttpResponse()


def by_wish(request: HttpRequest) -> HttpResponse:
    if request.GET.get("works") == "yes" and request.user.is_authenticated:
        request.user.name = "Changed"
        request.user.save()
    return HttpResponse()


urlpatterns = [
    path("opened/<int:visit_id>/", by_anybody),
    path("nested/", include([path("<str:token>/head", by_head)])),
    path("wish", by_wish),
]
