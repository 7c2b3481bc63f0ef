"""A request as our middleware hands it on."""

from typing import Any

from django.http import HttpRequest


class HouseRequest(HttpRequest):
    """A request whose sender is known: `actor` is an `access.rules.Actor`, nobody at least."""

    actor: Any
