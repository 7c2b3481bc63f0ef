from django.contrib import admin

from blisko.access.models import AuditEntry, RetentionRule


@admin.register(AuditEntry)
class AuditAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["at", "actor_name", "verb", "subject"]
    list_filter = ["verb"]
    search_fields = ["subject", "actor", "actor_name"]

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(RetentionRule)
class RetentionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name", "says", "days", "last_run_at", "last_deleted"]
    readonly_fields = ["name", "says", "last_run_at", "last_deleted"]

    def has_add_permission(self, request: object) -> bool:
        return False
