"""What webhooks do because it is time: tell one endpoint after the other, try again, tell anew."""

import time
from datetime import datetime

from procrastinate.contrib.django import app as queue

from blisko.kit import clock
from blisko.kit.connections import drop_dead_connections
from blisko.kit.events import PATIENCE
from blisko.webhooks.services import QUEUE, REPLAY, SEND, begin_round, make_calls, replay_since, settle_round, wake_endpoints

TURN_SECONDS = 20  # then others get the worker's hand


@queue.task(name=SEND, queue=QUEUE, retry=PATIENCE)
def send(endpoint_id: int) -> None:
    """Tell one endpoint what waits for it, round by round; only one such job at a time does it for an endpoint."""
    drop_dead_connections()
    until = time.monotonic() + TURN_SECONDS
    while time.monotonic() < until:
        begun = begin_round(endpoint_id, now=clock.now())
        if begun is None or not settle_round(begun, make_calls(begun), now=clock.now()):
            return


@queue.task(name=REPLAY, queue=QUEUE, retry=PATIENCE)
def replay(endpoint_id: int, since: str, until: str, by: str) -> None:
    """Queue again what an endpoint was told."""
    drop_dead_connections()
    replay_since(endpoint_id, datetime.fromisoformat(since), datetime.fromisoformat(until), by=by, now=clock.now())


@queue.periodic(cron="* * * * * */3")
@queue.task(name="webhooks.wake", queue="care", queueing_lock="webhooks.wake")
def wake(timestamp: int) -> None:
    """Go on where a wait is over, a turn was cut off or a process died."""
    drop_dead_connections()
    wake_endpoints(now=clock.now())
