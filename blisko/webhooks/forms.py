"""What an administrator types to let another system hear of visits."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blisko.webhooks.errors import BadEndpoint
from blisko.webhooks.models import Endpoint
from blisko.webhooks.rules import VisitEventType as Type
from blisko.webhooks.rules import check_endpoint

TYPES = {
    Type.INVITED: _("Asked to choose a time"),
    Type.BOOKED: _("Booked"),
    Type.MOVED: _("Moved"),
    Type.CHANGED: _("Changed for the plan"),
    Type.ASSIGNED: _("Assigned"),
    Type.RELEASED: _("No longer assigned"),
    Type.ON_THE_WAY: _("On the way"),
    Type.TURNED_BACK: _("Turned back"),
    Type.ARRIVED: _("Technician arrived"),
    Type.DONE: _("Done"),
    Type.CANCELLED: _("Cancelled"),
    Type.NO_ACCESS: _("No access"),
    Type.NOT_COMPLETED: _("Not completed"),
    Type.NEEDS_ANOTHER: _("Needs another visit"),
    Type.CONFIRMED: _("“Does everything work?” answered"),
    Type.RATED: _("Rated"),
    Type.NOTE_WRITTEN: _("Note written"),
    Type.PHOTO_ADDED: _("Photo added"),
    Type.FOLLOW_UP_ASKED: _("Another visit asked for"),
    Type.CONFIRMED_LATER: _("The customer answered “Is everything still working?”"),
    Type.DISPUTE_OPENED: _("The customer disputes the report"),
    Type.DISPUTE_ANSWERED: _("Dispute answered"),
}
ALL_TYPES = [str(each) for each in Type]


class EndpointForm(forms.Form):
    """An address and what it is told of."""

    name = forms.CharField(label=_("Name of the system"), max_length=80, help_text=_("So that you know it again: app, data warehouse."))
    url = forms.CharField(label=_("Address"), max_length=500, widget=forms.URLInput(attrs={"placeholder": "https://"}))
    types = forms.MultipleChoiceField(label=_("What it is told of"), choices=list(TYPES.items()), widget=forms.CheckboxSelectMultiple)

    def clean(self) -> dict[str, Any]:
        """Let an address be saved only when we would call it."""
        found: dict[str, Any] = super().clean() or {}
        try:
            check_endpoint(found.get("url", ""), found.get("types", ALL_TYPES), private=settings.BLISKO_WEBHOOK_PRIVATE)
        except BadEndpoint:
            if "url" in found:
                self.add_error("url", gettext("Give a public https address without a password in it."))
        return found

    @staticmethod
    def start(endpoint: Endpoint | None) -> dict[str, object]:
        """Answer what the form begins with: everything, or what an endpoint has."""
        if endpoint is None:
            return {"types": ALL_TYPES}
        return {"name": endpoint.name, "url": endpoint.url, "types": endpoint.types}


class ReplayForm(forms.Form):
    """From when on everything is told again."""

    since = forms.DateTimeField(
        label=_("Everything since"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )


class CallsForm(forms.Form):
    """Which messages to show."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All")),
            ("troubled", _("Not taken yet, tried")),
            ("waiting", _("Waiting")),
            ("delivered", _("Taken")),
            ("skipped", _("Skipped")),
        ],
    )
    visit = forms.IntegerField(label=_("Visit’s id"), required=False, min_value=1, max_value=2**63 - 1)
