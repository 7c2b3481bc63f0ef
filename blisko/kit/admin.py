from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from procrastinate.contrib.django.admin import ProcrastinateJobAdmin
from procrastinate.contrib.django.models import ProcrastinateJob

from blisko.kit.failures import try_again

admin.site.unregister(ProcrastinateJob)


@admin.register(ProcrastinateJob)
class WorkAdmin(ProcrastinateJobAdmin):
    """The work of the house; what failed for good can be tried again."""

    actions = ["retry_failed"]

    @admin.action(description="Try failed work again")
    def retry_failed(self, request: HttpRequest, chosen: QuerySet[ProcrastinateJob]) -> None:
        count = try_again(list(chosen.values_list("pk", flat=True)))
        messages.success(request, f"{count} put back into the queue.")
