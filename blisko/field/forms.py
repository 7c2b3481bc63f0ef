from typing import Any

from django import forms

from blisko.field.errors import BadArea
from blisko.field.models import WorkArea
from blisko.field.rules import read_outline


class WorkAreaForm(forms.ModelForm):  # type: ignore[type-arg]
    """A work area as the administration edits it: its shape as GeoJSON."""

    shape = forms.JSONField(
        widget=forms.Textarea(attrs={"rows": 12, "cols": 80}),
        help_text="One GeoJSON polygon without holes, longitude first. Several areas: several of these.",
    )

    class Meta:
        model = WorkArea
        fields = ("code", "name", "region")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.outline:
            self.initial["shape"] = self.instance.shape

    def clean_shape(self) -> Any:
        """Refuse what is no polygon."""
        shape = self.cleaned_data["shape"]
        try:
            read_outline(shape)
        except BadArea as no:
            raise forms.ValidationError(str(no.words)) from None
        return shape
