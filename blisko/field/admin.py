from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from blisko.accounts.queries import actor_for
from blisko.field.forms import WorkAreaForm
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
    WorkArea,
    Zone,
)
from blisko.field.services import drop_work_area, forget_home, set_home, set_work_area
from blisko.kit import clock


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

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Let homes go through the services: what was kept around one is deleted, and the audit trail learns of it."""
        if formset.model is not Home:
            super().save_formset(request, form, formset, change)
            return
        actor, now = actor_for(request.user), clock.now()
        for home in formset.save(commit=False):
            set_home(form.instance.pk, lat=home.lat, lon=home.lon, actor=actor, now=now)
        for home in formset.deleted_objects:
            forget_home(home.technician_id, actor=actor, now=now)


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


@admin.register(WorkArea)
class WorkAreaAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Where positions may be kept; every change goes through the services."""

    form = WorkAreaForm
    list_display = ["code", "name", "region"]
    list_filter = ["region"]

    def get_readonly_fields(self, request: HttpRequest, obj: WorkArea | None = None) -> list[str]:
        return ["code"] if obj else []

    def save_model(self, request: HttpRequest, obj: WorkArea, form: Any, change: bool) -> None:
        given = {"name": obj.name, "region": obj.region.code if obj.region else "", "shape": form.cleaned_data["shape"]}
        obj.pk = set_work_area(obj.code, **given, actor=actor_for(request.user), now=clock.now()).pk

    def delete_model(self, request: HttpRequest, obj: WorkArea) -> None:
        drop_work_area(obj.code, actor=actor_for(request.user), now=clock.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[WorkArea]) -> None:
        for area in queryset:
            self.delete_model(request, area)


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
