from django.contrib import admin
from unfold.admin import ModelAdmin, TabularInline

from blisko.field.models import Shift, Skill, Team, Technician, Van


class ShiftInline(TabularInline):  # type: ignore[misc]
    model = Shift
    extra = 0


@admin.register(Technician)
class TechnicianAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["code", "name", "team", "van", "active"]
    list_filter = ["team", "active"]
    search_fields = ["code", "name"]
    filter_horizontal = ["skills"]
    autocomplete_fields = ["user"]
    inlines = [ShiftInline]


@admin.register(Skill)
class SkillAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["code", "__str__"]


@admin.register(Team)
class TeamAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["code", "name"]


@admin.register(Van)
class VanAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["plate", "name"]
