"""Columns that Django lacks."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language

LANGUAGES = ("en", "pl", "hu")


def said(words: dict[str, str], language: str | None = None) -> str:
    """Answer the wording in `language` (default: the active one), else English, else any."""
    wanted = (language or get_language() or "en")[:2]
    return words.get(wanted) or words.get("en") or next(iter(words.values()), "")


def _check_words(value: Any) -> None:
    if not isinstance(value, dict) or not all(isinstance(k, str) and isinstance(v, str) for k, v in value.items()):
        raise ValidationError("Give one wording per language, like {\"en\": \"Repair\", \"pl\": \"Naprawa\"}.")


class WordsField(models.JSONField):
    """One wording per language: {"en": "...", "pl": "...", "hu": "..."}."""

    default_validators = [_check_words]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)
