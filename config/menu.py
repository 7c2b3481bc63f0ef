"""What the desk's menu shows to whom; only the composition root knows every app's pages."""

from typing import NamedTuple

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _


class Entry(NamedTuple):
    route: str
    icon: str
    words: object
    permission: str


ENTRIES = [
    Entry("live:day", "calendar", _("The day"), "live.see_day"),
    Entry("live:plan", "map", _("Plan"), "live.see_day"),
    Entry("live:help", "chat", _("Help"), "visits.run"),
    Entry("live:disputes", "flag", _("Disputes"), "visits.answer_disputes"),
    Entry("reports:overview", "chart", _("Figures"), "reports.see"),
    Entry("live:book", "plus", _("Book a visit"), "visits.book"),
    Entry("live:customers", "users", _("Customers"), "customers.see"),
    Entry("live:technicians", "van", _("Technicians"), "field.see"),
    Entry("live:stock", "box", _("Parts in stock"), "field.see"),
    Entry("messaging:deliveries", "mail", _("Messages"), "messaging.see_deliveries"),
    Entry("messaging:texts", "edit", _("Templates"), "messaging.edit_templates"),
    Entry("imports:overview", "upload", _("Import"), "imports.run"),
    Entry("access:keys", "key", _("API keys"), "access.manage_keys"),
    Entry("webhooks:endpoints", "navigate", _("Webhooks"), "webhooks.manage"),
    Entry("admin:index", "settings", _("Administration"), "accounts.manage"),
]


def menu(request: HttpRequest) -> dict[str, object]:
    """Give templates `menu`: the entries this person may open, the present one marked."""
    return {"menu": SimpleLazyObject(lambda: _for(request))}


def _for(request: HttpRequest) -> list[dict[str, object]]:
    shown = []
    for entry in ENTRIES:
        if not request.actor.may(entry.permission):  # type: ignore[attr-defined]
            continue
        try:
            address = reverse(entry.route)
        except NoReverseMatch:
            continue
        here = request.resolver_match is not None and request.resolver_match.view_name == entry.route
        shown.append({"address": address, "icon": entry.icon, "words": entry.words, "here": here})
    return shown
