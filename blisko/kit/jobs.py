"""What every house does because it is time: rescue jobs of killed workers, forget finished ones and old changes."""

from procrastinate import JobContext
from procrastinate.contrib.django import app as queue

from blisko.kit.connections import drop_dead_connections
from blisko.kit.marks import shorten_notes

HEARTBEAT = 3.0  # seconds between two signs of life of a worker
STALLED_AFTER = 15  # seconds without one, after which its jobs are given to another
KEEP_FINISHED_HOURS = 72


@queue.periodic(cron="* * * * * */5")
@queue.task(name="kit.rescue_stalled", queue="care", queueing_lock="kit.rescue_stalled", pass_context=True)
async def rescue_stalled(context: JobContext, timestamp: int) -> None:
    """Give the jobs of killed workers to a living one (Procrastinate never does it by itself)."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        await manager.retry_job(job)


@queue.periodic(cron="17 * * * *")
@queue.task(name="kit.forget_finished", queue="care", queueing_lock="kit.forget_finished", pass_context=True)
async def forget_finished(context: JobContext, timestamp: int) -> None:
    """Delete finished jobs after three days; failed ones stay until a person has looked."""
    await context.app.job_manager.delete_old_jobs(nb_hours=KEEP_FINISHED_HOURS)


@queue.periodic(cron="*/5 * * * *")
@queue.task(name="kit.forget_changes", queue="care", queueing_lock="kit.forget_changes")
def forget_changes(timestamp: int) -> None:
    """Keep the notes of what has changed short: each question reads them."""
    drop_dead_connections()
    shorten_notes()
