"""What the day does because it is time: tell tomorrow's customers, today's of a delay, and ask the last days' again."""

from procrastinate.contrib.django import app as queue

from blisko.kit import clock
from blisko.kit.connections import drop_dead_connections
from blisko.kit.events import PATIENCE, ask_once
from blisko.live.queries.delays import delays_to_tell
from blisko.live.queries.reminders import invitations_to_repeat, visits_to_ask_again, visits_to_remind_of
from blisko.live.services.delays import LOOK, tell_of_delay
from blisko.live.services.help import escalate_help
from blisko.live.services.names import SETTLED, tell_of_name
from blisko.live.services.operations import go_on_without
from blisko.live.services.reminders import ask_again, remind_of_choosing, remind_of_visit


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


@queue.periodic(cron="*/5 * * * *")
@queue.task(name="live.gaps", queue="care", queueing_lock="live.gaps")
def look_at_waiting_work(timestamp: int) -> None:
    """Let work of technicians take effect that waits for a number which never came."""
    drop_dead_connections()
    go_on_without(now=clock.now())


@queue.periodic(cron="* * * * * */10")
@queue.task(name="live.help", queue="care", queueing_lock="live.help")
def look_at_unanswered_help(timestamp: int) -> None:
    """Tell more people of technicians nobody has answered in time."""
    drop_dead_connections()
    escalate_help(now=clock.now())


@queue.periodic(cron="*/5 * * * *")
@queue.task(name="live.later", queue="care", queueing_lock="live.later")
def look_at_the_last_days(timestamp: int) -> None:
    """Queue the question whether everything still works for every visit whose customer may know by now, one job each."""
    drop_dead_connections()
    for visit_id in visits_to_ask_again(now=clock.now()):
        ask_once("live.ask_again", "messages", f"live.ask_again:{visit_id}", visit_id=visit_id)


@queue.periodic(cron="*/5 * * * *")
@queue.task(name="live.last_call", queue="care", queueing_lock="live.last_call")
def look_at_invitations(timestamp: int) -> None:
    """Queue a reminder for everybody whose time to choose is nearly over, one job each."""
    drop_dead_connections()
    for visit_id in invitations_to_repeat(now=clock.now()):
        ask_once("live.invite_again", "messages", f"live.invite_again:{visit_id}", visit_id=visit_id)


@queue.task(name="live.invite_again", queue="messages", retry=PATIENCE)
def invite_again(visit_id: int) -> None:
    """Remind one customer of choosing."""
    drop_dead_connections()
    remind_of_choosing(visit_id, now=clock.now())


@queue.task(name="live.ask_again", queue="messages", retry=PATIENCE)
def ask_one_again(visit_id: int) -> None:
    """Ask one customer."""
    drop_dead_connections()
    ask_again(visit_id, now=clock.now())


@queue.task(name=SETTLED, queue="messages", retry=PATIENCE)
def tell_name(visit_id: int) -> None:
    """Tell one customer that somebody else comes than he knows of, if it is still so."""
    drop_dead_connections()
    tell_of_name(visit_id, now=clock.now())


@queue.periodic(cron="* * * * * */30")
@queue.task(name="live.delays", queue="care", queueing_lock="live.delays")
def look_at_delays(timestamp: int) -> None:
    """Look at everybody's day, because time and traffic alone make a visit late."""
    drop_dead_connections()
    _tell_delays(None)


@queue.task(name=LOOK, queue="risks", retry=PATIENCE)
def look_for_delays(technician_id: int) -> None:
    """Look at one technician's day, because something happened in it."""
    drop_dead_connections()
    _tell_delays([technician_id])


def _tell_delays(technician_ids: list[int] | None) -> None:
    now = clock.now()
    for visit_id, expected in delays_to_tell(now=now, technician_ids=technician_ids).items():
        tell_of_delay(visit_id, expected, now=now)
