"""What staff type about a day."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blisko.access.rules import Actor
from blisko.customers.errors import NoSuchCustomer
from blisko.customers.queries import customer_by_number
from blisko.kit import clock
from blisko.kit.errors import Refusal
from blisko.kit.fields import said
from blisko.kit.phones import BadContact, clean_phone
from blisko.planning.rules.trials import SEARCHED, USUALLY
from blisko.visits.errors import BadWindow
from blisko.visits.rules import CancelReason

if TYPE_CHECKING:
    from blisko.customers.models import Customer
    from blisko.planning.queries.trials import Example
    from blisko.visits.models import JobType

LANGUAGES = [("en", "English"), ("pl", "Polski"), ("hu", "Magyar")]
# What a refusal calls a value that stands in a field of another name.
FIELD_OF = {"to": "window_end", "choose_until": "day"}


class WindowForm(forms.Form):
    """A day and a window on it, in local time."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    window_start = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    window_end = forms.TimeField(label=_("To"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        start, end = given.get("window_start"), given.get("window_end")
        if start and end and end <= start:
            self.add_error("window_end", gettext(BadWindow.words))
        return given

    def window(self) -> tuple[datetime, datetime]:
        """Answer the window as two moments."""
        day: date = self.cleaned_data["day"]
        start, end = (timezone.make_aware(datetime.combine(day, self.cleaned_data[name])) for name in ("window_start", "window_end"))
        return start, end


class BookForm(WindowForm):
    """A visit for a new customer, or for one we know by number; then the rest may stay empty."""

    number = forms.CharField(label=_("Customer number"), max_length=40, help_text=_("Leave the rest empty when we know this number."))
    name = forms.CharField(label=_("Name"), max_length=160, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    email = forms.EmailField(label=_("E-mail"), required=False)
    street = forms.CharField(label=_("Street and number"), max_length=160, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=16, required=False)
    city = forms.CharField(label=_("Town"), max_length=80, required=False)
    lat = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90, required=False)
    lon = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180, required=False)
    by_customer = forms.BooleanField(
        label=_("The customer chooses the time"),
        required=False,
        help_text=_("By a link we send now. The day is then the last one for choosing, and the hours do not count."),
    )
    job_type = forms.ChoiceField(label=_("Job"))
    description = forms.CharField(label=_("What is wrong"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, actor: Actor, jobs: "Iterable[JobType]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.known: Customer | None = None
        choices = [(kind.code, said(kind.names) or kind.code) for kind in jobs]
        self.fields["job_type"] = forms.ChoiceField(label=_("Job"), choices=choices)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        try:
            self.known = customer_by_number(self.actor, given.get("number", ""))
        except NoSuchCustomer:
            self._ask_for_newcomer(given)
        if (self.known is None or not self.known.sites.exists()) and not given.get("street"):
            self.add_error("street", _("We need a street and number to go to."))
        if given.get("street") and not given.get("city"):
            self.add_error("city", _("Which town is the street in?"))
        return given

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        try:
            return clean_phone(phone) if phone else ""
        except BadContact as no:
            raise forms.ValidationError(gettext(str(no.words))) from None

    def choose_until(self) -> datetime:
        """Answer until when the customer may choose: the last minute of the day that was given."""
        return timezone.make_aware(datetime.combine(self.cleaned_data["day"], time(23, 59)))

    def _ask_for_newcomer(self, given: dict[str, Any]) -> None:
        if not given.get("number"):
            return
        if not given.get("name"):
            self.add_error("name", _("We do not know this number yet, so please give the name."))
        if not given.get("phone") and not given.get("email") and not {"phone", "email"} & self.errors.keys():
            self.add_error("phone", _("Give a telephone number or an e-mail address: the link to the visit is sent there."))

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under their headings, as the page shows them."""
        groups = [
            (_("Customer"), ["number", "name", "phone", "email", "language"]),
            (_("Place"), ["street", "postcode", "city", "lat", "lon"]),
            (_("Job"), ["job_type", "description"]),
            (_("Window"), ["by_customer", "day", "window_start", "window_end"]),
        ]
        return [(title, [self[name] for name in names]) for title, names in groups]


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


def window_form_at(now: datetime, data: Any = None, **more: Any) -> WindowForm:
    """Answer a window form that proposes tomorrow from ten to twelve; `more` goes to the form."""
    tomorrow = timezone.localtime(now).date().toordinal() + 1
    first = {"day": date.fromordinal(tomorrow), "window_start": time(10), "window_end": time(12)}
    return WindowForm(data, initial=first, **more)


class RunForm(forms.Form):
    """A day to be planned anew, of which region, and for how long at most."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    region = forms.ChoiceField(label=_("Region"), required=False)
    seconds = forms.IntegerField(
        label=_("Seconds"), min_value=1, max_value=3600, required=False, help_text=_("Empty: as long as the rules say.")
    )

    def __init__(self, *args: Any, regions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regions: list[tuple[str, Any]] = [*regions, ("", _("Whoever is in no region"))]
        self.fields["region"].choices = self.regions  # type: ignore[attr-defined]  # ChoiceField has them


def tomorrow(days: int = 1) -> date:
    """Answer the local day so many days from today."""
    return timezone.localtime(clock.now()).date() + timedelta(days=days)


class TrialDayForm(forms.Form):
    """The day, and of which region, that somebody wonders about."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    region = forms.ChoiceField(label=_("Region"), required=False)

    def __init__(self, *args: Any, regions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regions: list[tuple[str, Any]] = [*regions, ("", _("Whoever is in no region"))]
        self.fields["region"].choices = self.regions  # type: ignore[attr-defined]  # ChoiceField has them


class TrialForm(forms.Form):
    """Whom one more technician would be like, and how long each search takes."""

    like = forms.TypedChoiceField(label=_("One more like"), coerce=int)
    seconds = forms.IntegerField(
        label=_("Seconds for each search"), min_value=SEARCHED.start, max_value=SEARCHED.stop - 1, initial=USUALLY
    )

    def __init__(self, *args: Any, examples: "Iterable[Example]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.technician.pk, self._words(one)) for one in examples]
        self.fields["like"].choices = choices  # type: ignore[attr-defined]  # ChoiceField has them

    @staticmethod
    def _words(one: "Example") -> str:
        """Answer his name, when he works, his team and what he can."""
        begins, ends = (date_format(timezone.localtime(moment), "H:i") for moment in (one.begins, one.ends))
        skills = ", ".join(str(level.skill) for level in one.technician.levels.all())
        parts = (one.technician.name, f"{begins}–{ends}", one.technician.team.name if one.technician.team else "", skills)
        return " · ".join(part for part in parts if part)


def tell_refusal(form: forms.Form, no: Refusal) -> None:
    """Say a refusal at the field whose value it names, else above the form."""
    place = next((name for name in (FIELD_OF.get(key, key) for key in no.details) if name in form.fields), None)
    form.add_error(place, gettext(str(no.words)))
