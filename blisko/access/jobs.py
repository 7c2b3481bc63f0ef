from procrastinate.contrib.django import app as queue

from blisko.access.services import run_retention
from blisko.kit import clock
from blisko.kit.connections import drop_dead_connections


@queue.periodic(cron="43 3 * * *")
@queue.task(name="access.retention", queue="care", queueing_lock="access.retention")
def forget_in_time(timestamp: int) -> None:
    """Run the retention rules every night."""
    drop_dead_connections()
    run_retention(now=clock.now())
