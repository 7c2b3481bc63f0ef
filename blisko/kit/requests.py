"""A request as our middleware hands it on."""

from typing import Any

from django.http import HttpRequest


class HouseRequest(HttpRequest):
    """A request whose sender is known: `actor` is an `access.rules.Actor`, nobody at least.

    `shown`: whom its answer shows to whom, as `live.rules.looks.Shown` says it, where it shows where people are.
    """

    actor: Any
    shown: Any
