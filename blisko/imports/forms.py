from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from blisko.imports.models import ImportRun
from blisko.imports.rules.columns import Column

NOUNS = {"customers": _("Customers"), "technicians": _("Technicians"), "visits": _("Visits"), "stock": _("Stock of parts")}
COLUMNS = {
    "number": _("Number"),
    "name": _("Name"),
    "phone": _("Telephone"),
    "email": _("E-mail"),
    "language": _("Language"),
    "street": _("Street and number"),
    "postcode": _("Postcode"),
    "city": _("Town"),
    "lat": _("Latitude"),
    "lon": _("Longitude"),
    "code": _("Personnel code"),
    "skills": _("Skills"),
    "team": _("Team"),
    "van": _("Van (number plate)"),
    "customer": _("Customer number"),
    "job_type": _("Job type"),
    "window_from": _("Window from"),
    "window_to": _("Window to"),
    "description": _("Description"),
    "depot": _("Depot"),
    "part": _("Part (code)"),
    "part_name": _("Part (name)"),
    "count": _("How many there are"),
    "minimum": _("Minimum"),
}


class SheetForm(forms.Form):
    """Which noun, and the file."""

    noun = forms.ChoiceField(label=_("What is in it"))
    file = forms.FileField(label=_("Sheet"), help_text=_("CSV or XLSX, at most 32 MB. The first line names the columns."))

    def __init__(self, nouns: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["noun"].choices = [(noun, NOUNS.get(noun, noun)) for noun in nouns]  # type: ignore[attr-defined]
        self.fields["file"].widget.attrs["accept"] = ".csv,.txt,.xlsx,.xlsm"


class MappingForm(forms.Form):
    """Which column of the sheet is which of ours."""

    def __init__(self, run: ImportRun, columns: Sequence[Column], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        headings = [(heading, heading) for heading in dict.fromkeys(run.header) if heading]
        for column in columns:
            self.fields[column.name] = forms.ChoiceField(
                label=COLUMNS.get(column.name, column.name),
                choices=[("", _("— not in the sheet —")), *headings],
                initial=run.mapping.get(column.name, ""),
                required=column.required,
            )

    @property
    def mapping(self) -> dict[str, str]:
        """The mapping as chosen, once the form is valid."""
        return {name: heading for name, heading in self.cleaned_data.items() if heading}
