from django.contrib import admin
from unfold.admin import ModelAdmin

from blisko.visits.models import JobType


@admin.register(JobType)
class JobTypeAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["code", "__str__", "minutes", "skills", "active"]
    list_filter = ["active"]
