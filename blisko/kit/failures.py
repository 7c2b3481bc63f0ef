"""Work that failed for good after every retry: shown to a person, who may have it tried again."""

from procrastinate.contrib.django import app as queue
from procrastinate.contrib.django.models import ProcrastinateJob


def failed_count() -> int:
    """Answer how many jobs wait for a person."""
    return ProcrastinateJob.objects.filter(status="failed").count()


def try_again(job_ids: list[int]) -> int:
    """Put failed jobs back into the queue; answer how many there were."""
    waiting = ProcrastinateJob.objects.filter(pk__in=job_ids, status="failed").values_list("pk", flat=True)
    for job_id in (ids := list(waiting)):
        queue.job_manager.retry_job_by_id(job_id, retry_at=None)  # type: ignore[arg-type]
    return len(ids)
