from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from blisko.accounts.queries import actor_for
from blisko.kit import clock
from blisko.planning.models import PlanningRules
from blisko.planning.rules.swaps import Approval
from blisko.planning.services import change_swap_rules


def _sets_rules(request: HttpRequest) -> bool:
    return actor_for(request.user).may("planning.rules")


@admin.register(PlanningRules)
class PlanningRulesAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """When a dispatcher has to say yes to a swap, and how long everybody rests; one row."""

    list_display = ["__str__", "swaps", "swap_minutes", "rest_hours"]
    fields = ["swaps", "swap_minutes", "rest_hours"]

    def has_view_permission(self, request: HttpRequest, obj: PlanningRules | None = None) -> bool:
        return _sets_rules(request)

    def has_change_permission(self, request: HttpRequest, obj: PlanningRules | None = None) -> bool:
        return _sets_rules(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _sets_rules(request) and not PlanningRules.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: PlanningRules | None = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _sets_rules(request)

    def save_model(self, request: HttpRequest, obj: PlanningRules, form: Any, change: bool) -> None:
        change_swap_rules(
            approval=Approval(obj.swaps),
            minutes=obj.swap_minutes,
            rest_hours=obj.rest_hours,
            actor=actor_for(request.user),
            now=clock.now(),
        )
        obj.pk = 1
