"""What the day does because it is time: tell tomorrow's customers."""

from procrastinate.contrib.django import app as queue

from blisko.kit import clock
from blisko.kit.connections import drop_dead_connections
from blisko.kit.events import PATIENCE, ask_once
from blisko.live.queries.reminders import visits_to_remind_of
from blisko.live.services.reminders import remind_of_visit


@queue.periodic(cron="*/5 * * * *")
@queue.task(name="live.day_before", queue="care", queueing_lock="live.day_before")
def look_at_tomorrow(timestamp: int) -> None:
    """Queue a reminder for every visit of tomorrow that has none yet, one job each, so that none holds up another."""
    drop_dead_connections()
    for visit_id in visits_to_remind_of(now=clock.now()):
        ask_once("live.remind", "messages", f"live.remind:{visit_id}", visit_id=visit_id)


@queue.task(name="live.remind", queue="messages", retry=PATIENCE)
def remind(visit_id: int) -> None:
    """Tell one customer about tomorrow."""
    drop_dead_connections()
    remind_of_visit(visit_id, now=clock.now())
