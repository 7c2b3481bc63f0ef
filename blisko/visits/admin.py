from django.contrib import admin

from blisko.visits.models import JobType


@admin.register(JobType)
class JobTypeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["code", "__str__", "minutes", "skills", "crew_size", "priority", "active"]
    list_filter = ["active"]
