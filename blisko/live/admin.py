from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from blisko.accounts.queries import actor_for
from blisko.kit import clock
from blisko.live.models import CustomerRules, PositionRules
from blisko.live.services.delays import change_customer_rules
from blisko.live.services.positions import change_position_rules


def _edits_words(request: HttpRequest) -> bool:
    return actor_for(request.user).may("messaging.edit_templates")


@admin.register(CustomerRules)
class CustomerRulesAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """When customers are warned of a delay; one row."""

    list_display = ["__str__", "late_by", "moved_by", "gap", "most", "ahead"]

    def has_view_permission(self, request: HttpRequest, obj: CustomerRules | None = None) -> bool:
        return _edits_words(request)

    def has_change_permission(self, request: HttpRequest, obj: CustomerRules | None = None) -> bool:
        return _edits_words(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _edits_words(request) and not CustomerRules.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: CustomerRules | None = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _edits_words(request)

    def save_model(self, request: HttpRequest, obj: CustomerRules, form: Any, change: bool) -> None:
        change_customer_rules(obj, actor=actor_for(request.user), now=clock.now())


def _edits_field(request: HttpRequest) -> bool:
    return actor_for(request.user).may("field.edit")


@admin.register(PositionRules)
class PositionRulesAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Which places of technicians are never kept; one row."""

    def has_view_permission(self, request: HttpRequest, obj: PositionRules | None = None) -> bool:
        return _edits_field(request)

    def has_change_permission(self, request: HttpRequest, obj: PositionRules | None = None) -> bool:
        return _edits_field(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _edits_field(request) and not PositionRules.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: PositionRules | None = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _edits_field(request)

    def save_model(self, request: HttpRequest, obj: PositionRules, form: Any, change: bool) -> None:
        change_position_rules(obj, actor=actor_for(request.user), now=clock.now())
