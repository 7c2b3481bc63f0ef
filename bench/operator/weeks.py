"""Some weeks of one operator under one policy, and what they amounted to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from bench.operator.book import Diary, Policy
from bench.operator.day import Person, Working
from bench.operator.demand import Appointment, Order
from bench.operator.planner import Effort, Known, Planner
from bench.operator.world import DAY, HOUR, Town
from blisko.planning.rules.windows import Forecast

WARM = 5  # days in which the diary fills; they are played but not measured
EVENING = 18 * HOUR


@dataclass
class Weeks:
    """What happened on the days measured. `all_visits`: every appointment of every day played, for the counting."""

    policy: str
    seed: int
    figures: dict[str, float]
    ends: dict[str, int]
    plans: int
    engine_seconds: float
    all_visits: list[Appointment]


def play(town: Town, known: Known, policy: Policy, calls: Sequence[Sequence[Order]], effort: Effort, warm: int = WARM) -> Weeks:
    """Play all days in their order; days are working days."""
    diary, planner = Diary(town, policy, known.average), Planner(policy, known, effort)
    people: list[Person] = []
    worked = 0
    for day, of_day in enumerate(calls):
        diary.hear((day - 1) * DAY + EVENING)
        working = Working(town, diary, planner, day, [order for order in of_day if order.urgent])
        working.run()
        planner.recent.append([_forecast(visit) for visit in working.visits.values() if visit.forecast and visit.began is not None])
        if day >= warm:
            people += working.people
            worked += town.technicians - len(town.sick(day))
        for order in of_day:
            if not order.urgent:
                diary.accept(order)
    everything = [visit for day in sorted(diary.days) for visit in diary.days[day]]
    measured = [visit for visit in everything if warm <= visit.day < len(calls)]
    ends = Counter(visit.how for visit in measured)
    return Weeks(
        policy.name,
        town.seed,
        figures(measured, people, worked, len(calls) - warm),
        dict(sorted(ends.items())),
        len(planner.took),
        median(planner.took) if planner.took else 0.0,
        everything,
    )


def _forecast(visit: Appointment) -> Forecast:
    assert visit.forecast
    assert visit.began is not None
    return Forecast(*visit.forecast, visit.began)


def figures(visits: Sequence[Appointment], people: Sequence[Person], worked: int, days: int) -> dict[str, float]:
    """Answer the measures, by name; promises are those of visits the customer did not call off."""
    ends = Counter(visit.how for visit in visits)
    promised = [visit for visit in visits if visit.how not in ("cancelled", "moved")]
    booked = [visit for visit in promised if not visit.order.urgent]
    done = max(1, ends["done"])
    return {
        "on time %": 100 * fmean(visit.on_time for visit in promised),
        "window booked h": fmean(visit.booked[1] - visit.booked[0] for visit in booked) / HOUR,
        "window told h": fmean(visit.told[1] - visit.told[0] for visit in booked) / HOUR,
        "travel min per job": sum(person.driven for person in people) / 60 / done,
        "jobs per technician and day": ends["done"] / max(1, worked),
        "truck rolls saved a day": sum(visit.saved for visit in visits) / days,
        "truck rolls wasted a day": (ends["no access"] + ends["needless"]) / days,
        "left to another day, a day": ends["carried"] / days,
        "messages per visit": fmean(visit.messages for visit in visits),
        "overtime min per technician and day": sum(person.overtime for person in people) / 60 / max(1, worked),
        "days from call to done": fmean(visit.day - visit.order.called // DAY for visit in visits if visit.how == "done"),
    }
