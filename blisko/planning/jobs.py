"""What planning does because it is time: learn from the trips of the day."""

from procrastinate.contrib.django import app as queue

from blisko.kit import clock
from blisko.kit.connections import drop_dead_connections
from blisko.planning.services.speeds import learn_speeds


@queue.periodic(cron="11 2 * * *")
@queue.task(name="planning.learn_speeds", queue="care", queueing_lock="planning.learn_speeds")
def learn_from_trips(timestamp: int) -> None:
    """Learn every night how long ways really take."""
    drop_dead_connections()
    learn_speeds(now=clock.now())
