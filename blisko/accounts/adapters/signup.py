from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from blisko.kit.errors import Unavailable


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody opens a staff account for himself; an admin does, or single sign-on with a role given afterwards."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a letter about an account; a mail server that is away is told as such, to known and unknown addresses alike."""
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError):
            raise Unavailable from None
