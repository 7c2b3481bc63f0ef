from django.contrib import admin
from django.http import HttpRequest

from blisko.accounts.queries import actor_for
from blisko.field.models import (
    BreakRule,
    Depot,
    DepotStock,
    Home,
    Part,
    Region,
    Shift,
    Skill,
    Team,
    Technician,
    TechnicianSkill,
    Tool,
    Van,
    VanStock,
    Zone,
)


def _edits_field(request: HttpRequest) -> bool:
    return actor_for(request.user).may("field.edit")


class ShiftInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Shift
    extra = 0


class LevelInline(admin.TabularInline):  # type: ignore[type-arg]
    model = TechnicianSkill
    extra = 0


class HomeInline(admin.TabularInline):  # type: ignore[type-arg]
    """Only in the administration of one technician, and only for who edits the field: no list of homes exists."""

    model = Home

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return _edits_field(request)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return _edits_field(request)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return _edits_field(request)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return _edits_field(request)


class StockInline(admin.TabularInline):  # type: ignore[type-arg]
    """Only shown: what changes stock is a line in its book, so it is counted on the page of parts."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class DepotStockInline(StockInline):
    model = DepotStock


class VanStockInline(StockInline):
    model = VanStock


class BreakRuleInline(admin.TabularInline):  # type: ignore[type-arg]
    model = BreakRule
    extra = 0


@admin.register(Technician)
class TechnicianAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["code", "name", "team", "van", "active"]
    list_filter = ["team", "active"]
    search_fields = ["code", "name"]
    autocomplete_fields = ["user"]
    filter_horizontal = ["zones"]
    inlines = [LevelInline, HomeInline, ShiftInline]


@admin.register(Skill)
class SkillAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["code", "__str__"]


@admin.register(Tool)
class ToolAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["code", "__str__"]


@admin.register(Part)
class PartAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["code", "__str__"]
    search_fields = ["code"]


@admin.register(Region)
class RegionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["code", "name"]


@admin.register(Zone)
class ZoneAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["code", "name", "region", "postcodes"]
    list_filter = ["region"]


@admin.register(Depot)
class DepotAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["code", "name", "region", "opens_at", "closes_at", "active"]
    list_filter = ["region", "active"]
    filter_horizontal = ["tools"]
    inlines = [DepotStockInline]


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["code", "name", "region", "overtime_minutes"]
    list_filter = ["region"]
    inlines = [BreakRuleInline]


@admin.register(BreakRule)
class BreakRuleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["__str__", "team"]


@admin.register(Van)
class VanAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["plate", "name"]
    filter_horizontal = ["tools"]
    inlines = [VanStockInline]
