from django.contrib import admin

from blisko.field.models import Shift, Skill, Team, Technician, Van


class ShiftInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Shift
    extra = 0


@admin.register(Technician)
class TechnicianAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["code", "name", "team", "van", "active"]
    list_filter = ["team", "active"]
    search_fields = ["code", "name"]
    filter_horizontal = ["skills"]
    autocomplete_fields = ["user"]
    inlines = [ShiftInline]


@admin.register(Skill)
class SkillAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["code", "__str__"]


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["code", "name"]


@admin.register(Van)
class VanAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["plate", "name"]
