from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody opens a staff account for himself; an admin does, or single sign-on with a role given afterwards."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
