"""What staff type about a day."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blisko.kit.fields import said
from blisko.visits.rules import CancelReason

if TYPE_CHECKING:
    from blisko.visits.models import JobType

LANGUAGES = [("en", "English"), ("pl", "Polski"), ("hu", "Magyar")]


class WindowForm(forms.Form):
    """A day and a window on it, in local time."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    window_start = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    window_end = forms.TimeField(label=_("To"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def window(self) -> tuple[datetime, datetime]:
        """Answer the window as two moments."""
        day: date = self.cleaned_data["day"]
        start, end = (timezone.make_aware(datetime.combine(day, self.cleaned_data[name])) for name in ("window_start", "window_end"))
        return start, end


class BookForm(WindowForm):
    """A visit for a new customer, or for one we know by number."""

    number = forms.CharField(label=_("Customer number"), max_length=40, help_text=_("Leave the rest empty when we know this number."))
    name = forms.CharField(label=_("Name"), max_length=160, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    street = forms.CharField(label=_("Street and number"), max_length=160, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=16, required=False)
    city = forms.CharField(label=_("Town"), max_length=80, required=False)
    lat = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90, required=False)
    lon = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180, required=False)
    job_type = forms.ChoiceField(label=_("Job"))
    description = forms.CharField(label=_("What is wrong"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    field_order = [
        "number", "name", "phone", "email", "language", "street", "postcode", "city", "lat", "lon",
        "job_type", "description", "day", "window_start", "window_end",
    ]  # fmt: skip

    def __init__(self, *args: Any, jobs: "Iterable[JobType]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(kind.code, said(kind.names) or kind.code) for kind in jobs]
        self.fields["job_type"] = forms.ChoiceField(label=_("Job"), choices=choices)
        self.order_fields(self.field_order)


class CancelForm(forms.Form):
    """Why the operator calls a visit off."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[
            (CancelReason.OPERATOR, _("The operator's decision")),
            (CancelReason.FIXED_ITSELF, _("It works again")),
            (CancelReason.NOT_HOME, _("Not at home")),
            (CancelReason.NOT_NEEDED, _("No longer needed")),
            (CancelReason.OTHER, _("Another reason")),
        ],
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False)


def window_form_at(now: datetime, data: Any = None) -> WindowForm:
    """Answer a window form that proposes tomorrow from ten to twelve."""
    tomorrow = timezone.localtime(now).date().toordinal() + 1
    first = {"day": date.fromordinal(tomorrow), "window_start": time(10), "window_end": time(12)}
    return WindowForm(data, initial=first)
