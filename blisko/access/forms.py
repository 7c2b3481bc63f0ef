"""What an administrator types to let a program in."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blisko.access.queries import permissions_to_give
from blisko.access.rules import Actor


class ApiKeyForm(forms.Form):
    """A program's name, how long it may come, and what it may do: at most what whoever lets it in may do himself."""

    name = forms.CharField(label=_("Name of the program"), max_length=60, help_text=_("So that you know it again: billing, website."))
    days = forms.IntegerField(
        label=_("Days it is good for"), min_value=1, max_value=3650, required=False, help_text=_("Empty: until you end it.")
    )
    scopes = forms.MultipleChoiceField(label=_("What it may do"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (code, gettext(words)) for code, words in permissions_to_give(actor).items()
        ]
