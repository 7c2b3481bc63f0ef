"""A refusal's sentence in the reader's language."""

from collections.abc import Mapping

from django.utils.translation import gettext


def told(words: object, details: Mapping[str, object]) -> str:
    """Answer `words` translated, their {places} filled in from `details` where they have any."""
    sentence = gettext(str(words))
    try:
        return sentence.format(**details)
    except (KeyError, IndexError, ValueError):
        return sentence
