from procrastinate.contrib.django import app as queue

from blisko.imports.services import work_import
from blisko.kit import clock


@queue.task(name="imports.work", queue="imports")
def work(run_id: int) -> None:
    """Work through a large sheet while its sender watches the progress."""
    work_import(run_id, now=clock.now())
