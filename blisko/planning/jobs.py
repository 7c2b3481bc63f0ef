"""What planning does because somebody asked for it a moment ago, and because it is time."""

from datetime import date, timedelta

from procrastinate.contrib.django import app as queue

from blisko.access.rules import SYSTEM
from blisko.kit import clock
from blisko.kit.connections import drop_dead_connections
from blisko.kit.events import PATIENCE
from blisko.planning.queries.problems import day_at, planning_rules
from blisko.planning.queries.runs import overrunning_visits
from blisko.planning.services.alerts import LOOK, escalate_alerts, refresh_risks
from blisko.planning.services.choosing import LOOK_FOR_EARLIER, offer_earlier
from blisko.planning.services.durations import learn_durations
from blisko.planning.services.repairing import JOB as REPAIR
from blisko.planning.services.repairing import ask_repair_around, repair_day
from blisko.planning.services.runs import JOB as RUN
from blisko.planning.services.runs import plan_days, work_plan_run
from blisko.planning.services.speeds import learn_speeds
from blisko.planning.services.swaps import end_old_swaps
from blisko.planning.services.trials import JOB as TRY
from blisko.planning.services.trials import work_trial


@queue.task(name=RUN, queue="plans", retry=PATIENCE)
def run_plan(run_id: int) -> None:
    """Work on one planning run; after a kill, from where it was."""
    drop_dead_connections()
    work_plan_run(run_id, now=clock.now())


@queue.task(name=TRY, queue="plans", retry=PATIENCE)
def try_day(trial_id: int) -> None:
    """Work on one trial; after a kill, from its beginning."""
    drop_dead_connections()
    work_trial(trial_id, now=clock.now())


@queue.task(name=REPAIR, queue="repairs", retry=PATIENCE)
def repair(day: str, region: str) -> None:
    """Repair what is left of one day of one region."""
    drop_dead_connections()
    repair_day(date.fromisoformat(day), region, now=clock.now())


@queue.periodic(cron="17 1 * * *")
@queue.task(name="planning.coming_days", queue="care", queueing_lock="planning.coming_days")
def plan_coming_days(timestamp: int) -> None:
    """Plan the coming days every night, as far ahead as the rules say."""
    drop_dead_connections()
    now = clock.now()
    ahead = planning_rules().days_ahead
    plan_days([day_at(now) + timedelta(days=each) for each in range(1, ahead + 1)], actor=SYSTEM, now=now)


@queue.periodic(cron="* * * * *")
@queue.task(name="planning.overruns", queue="care", queueing_lock="planning.overruns")
def look_for_overruns(timestamp: int) -> None:
    """Have the day repaired around every visit that lasts longer than planned."""
    drop_dead_connections()
    now = clock.now()
    for visit_id in overrunning_visits(now):
        ask_repair_around(visit_id, now=now)


@queue.periodic(cron="* * * * *")
@queue.task(name="planning.old_swaps", queue="care", queueing_lock="planning.old_swaps")
def end_what_nobody_took(timestamp: int) -> None:
    """End the offers of visits that should have begun."""
    drop_dead_connections()
    end_old_swaps(now=clock.now())


@queue.periodic(cron="* * * * * */20")
@queue.task(name="planning.look_ahead", queue="care", queueing_lock="planning.look_ahead")
def look_at_the_day(timestamp: int) -> None:
    """Look at everybody's day again, because time alone makes a visit late; then at what nobody has answered."""
    drop_dead_connections()
    now = clock.now()
    refresh_risks(day_at(now), actor=SYSTEM, now=now)
    escalate_alerts(actor=SYSTEM, now=now)


@queue.task(name=LOOK, queue="risks", retry=PATIENCE)
def look_again(technician_id: int) -> None:
    """Look at one technician's day again, because something happened in it."""
    drop_dead_connections()
    now = clock.now()
    refresh_risks(day_at(now), actor=SYSTEM, now=now, technician_ids=[technician_id])


@queue.task(name=LOOK_FOR_EARLIER, queue="events", retry=PATIENCE)
def look_for_earlier() -> None:
    """Offer what has come free to those who wait for something earlier."""
    drop_dead_connections()
    offer_earlier(now=clock.now())


@queue.periodic(cron="11 2 * * *")
@queue.task(name="planning.learn_speeds", queue="care", queueing_lock="planning.learn_speeds")
def learn_from_trips(timestamp: int) -> None:
    """Learn every night how long ways really take."""
    drop_dead_connections()
    learn_speeds(now=clock.now())


@queue.periodic(cron="27 2 * * *")
@queue.task(name="planning.learn_durations", queue="care", queueing_lock="planning.learn_durations")
def learn_from_the_past(timestamp: int) -> None:
    """Fit durations and drives to the past weeks, every night."""
    drop_dead_connections()
    learn_durations(actor=SYSTEM, now=clock.now())
