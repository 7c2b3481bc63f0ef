"""Which visits to count, and how to lay them side by side."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blisko.access.rules import Actor
from blisko.reports.errors import BadPeriod
from blisko.reports.queries import Asked, choices
from blisko.reports.rules import Group, check_period

DAYS = 7
GROUPS = [(Group.DAY, _("Days")), (Group.TEAM, _("Teams")), (Group.JOB_TYPE, _("Job types"))]


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class FiguresForm(forms.Form):
    """A period, a team, a job type, and the grouping; what is left out is the last seven days, everybody, by day."""

    first = forms.DateField(label=_("From"), required=False, widget=_day())
    last = forms.DateField(label=_("To"), required=False, widget=_day())
    team = forms.TypedChoiceField(label=_("Team"), required=False, coerce=int, empty_value=None)
    job_type = forms.ChoiceField(label=_("Job type"), required=False)
    group = forms.ChoiceField(
        label=_("Side by side"),
        required=False,
        choices=GROUPS,
    )

    def __init__(self, actor: Actor, given: Any, *, today: date) -> None:
        start = {"first": today - timedelta(days=DAYS - 1), "last": today, "group": Group.DAY}
        super().__init__({name: str(value) for name, value in start.items()} | {name: given[name] for name in given if given[name]})
        teams, job_types = choices(actor)
        self.fields["team"].choices = [("", gettext("All teams")), (0, gettext("No team")), *teams]  # type: ignore[attr-defined]
        self.fields["job_type"].choices = [("", gettext("All job types")), *job_types]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Let only a period be asked for that is one."""
        found: dict[str, Any] = super().clean() or {}
        if "first" in found and "last" in found:
            try:
                check_period(found["first"], found["last"])
            except BadPeriod as no:
                self.add_error("last", gettext(no.words))
        return found

    @property
    def asked(self) -> Asked:
        """Answer what was asked, once it is valid."""
        found = self.cleaned_data
        return Asked(found["first"], found["last"], found["team"], found["job_type"])

    @property
    def group_asked(self) -> Group:
        """Answer how the visits are laid side by side."""
        return Group(self.cleaned_data["group"])
