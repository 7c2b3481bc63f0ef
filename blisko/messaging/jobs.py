"""What messaging does because it is time: hand messages over, and rescue those whose process died."""

from procrastinate.contrib.django import app as queue

from blisko.kit import clock
from blisko.kit.connections import drop_dead_connections
from blisko.kit.events import PATIENCE
from blisko.messaging.services import begin_attempt, hand_over, rescue_overdue, settle_attempt
from blisko.messaging.services.sending import DELIVER


@queue.task(name=DELIVER, queue="messages", retry=PATIENCE)
def deliver(delivery_id: int) -> None:
    """Make one attempt to send one message; safe to run twice, at once or after a crash."""
    drop_dead_connections()
    attempt = begin_attempt(delivery_id, now=clock.now())
    if attempt is not None:
        settle_attempt(attempt, hand_over(attempt), now=clock.now())


@queue.periodic(cron="* * * * * */15")
@queue.task(name="messaging.rescue", queue="care", queueing_lock="messaging.rescue")
def rescue(timestamp: int) -> None:
    """Queue again the messages that should have moved by now."""
    drop_dead_connections()
    rescue_overdue(now=clock.now())
