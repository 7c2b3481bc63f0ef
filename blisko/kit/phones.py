"""Telephone numbers and e-mail addresses as the world writes them, cleaned to one form."""

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from blisko.kit.errors import Invalid


class BadContact(Invalid):
    """A telephone number or an e-mail address cannot be reached as written."""

    words = "Write the telephone number with its country code, like +48 601 234 567, and the e-mail address like name@example.com."


def clean_phone(words: str) -> str:
    """Answer a telephone number in E.164, or refuse `BadContact`."""
    try:
        number = phonenumbers.parse(words, settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        raise BadContact(details={"phone": words}) from None
    if not phonenumbers.is_possible_number(number):
        raise BadContact(details={"phone": words})
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def clean_email(words: str) -> str:
    """Answer an e-mail address in lower case, or refuse `BadContact`."""
    try:
        validate_email(words.strip())
    except ValidationError:
        raise BadContact(details={"email": words}) from None
    return words.strip().lower()
