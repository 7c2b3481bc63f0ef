"""Columns that Django lacks."""

import json
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language

LANGUAGES = ("en", "pl", "hu")
CORNER = re.compile(r"\(([^(),]+),([^(),]+)\)")


def said(words: dict[str, str], language: str | None = None) -> str:
    """Answer the wording in `language` (default: the active one), else English, else any."""
    wanted = (language or get_language() or "en")[:2]
    return words.get(wanted) or words.get("en") or next(iter(words.values()), "")


def _check_words(value: Any) -> None:
    if not isinstance(value, dict) or not all(isinstance(k, str) and isinstance(v, str) for k, v in value.items()):
        raise ValidationError('Give one wording per language, like {"en": "Repair", "pl": "Naprawa"}.')


class WordsWidget(forms.MultiWidget):
    """One line per language."""

    def __init__(self) -> None:
        super().__init__({code: forms.TextInput(attrs={"lang": code, "placeholder": code}) for code in LANGUAGES})

    def decompress(self, value: Any) -> list[str]:
        said_so = json.loads(value) if isinstance(value, str) else value or {}
        return [said_so.get(code, "") for code in LANGUAGES]


class WordsFormField(forms.MultiValueField):
    """Wordings as a person types them; English at least."""

    def __init__(self, **kwargs: Any) -> None:
        for unknown in ("encoder", "decoder", "widget"):
            kwargs.pop(unknown, None)
        fields = [forms.CharField(max_length=200, required=code == "en") for code in LANGUAGES]
        super().__init__(fields, widget=WordsWidget(), require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> dict[str, str]:
        return {code: text for code, text in zip(LANGUAGES, data_list, strict=False) if text}


class WordsField(models.JSONField):
    """One wording per language: {"en": "...", "pl": "...", "hu": "..."}."""

    default_validators = [_check_words]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        # A callable default would make Django keep the words before the change in a hidden field that no widget of ours reads back.
        return super().formfield(**{**kwargs, "form_class": WordsFormField, "show_hidden_initial": False})


def outline_of(polygon: str) -> list[tuple[float, float]]:
    """Answer the corners of a PostgreSQL polygon as it is told: (longitude, latitude) of each, the first one not repeated."""
    return [(float(lon), float(lat)) for lon, lat in CORNER.findall(polygon)]


class OutlineField(models.Field):  # type: ignore[type-arg]
    """A closed line on the map, kept as PostgreSQL's own `polygon`: [(longitude, latitude), ...], the first corner not repeated."""

    def db_type(self, connection: Any) -> str:
        return "polygon"

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        return "%s::polygon"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else outline_of(value)

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else "(" + ",".join(f"({lon!r},{lat!r})" for lon, lat in value) + ")"
