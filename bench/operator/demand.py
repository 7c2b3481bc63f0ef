"""Who calls, for what, and how they behave. The figures are assumptions, named here and in docs/how-to/operator.md."""

from dataclasses import dataclass, field

from bench.operator.world import DAY, HOUR, JOBS, SHARES, Town

URGENT = 0.05  # of calls: somebody must come today
URGENT_WITHIN = 4 * HOUR
FREE = 0.7  # a customer is free on a half-day
STANDS_IN = 0.8  # somebody else opens where the customer is not free
FIXED, FIXED_AFTER = 0.08, 1.5  # of faults vanish or are repaired by the customer; days after the call, on average
CANNOT = 0.04  # of visits: something came between
AWAY, AWAY_HOUR = 0.02, 0.005  # not there: in any case, and more with each hour of waiting
GONE, GONE_WARNED = 0.10, 0.03  # more with each hour after the window, without and with a word about the delay
OFFICE = (8 * HOUR, 17 * HOUR)
NOON = 12.5 * HOUR


@dataclass(frozen=True)
class Order:
    """What a customer wants: `called` and `fixed` in seconds from the first midnight; `first`: the first day that suits."""

    key: str
    called: int
    place: int
    job: int
    urgent: bool
    first: int
    fixed: int | None


@dataclass
class Appointment:
    """One promise of one visit on one day. `booked`, `told`: what was promised at first and at last; times are seconds of the day.

    `how`: how it ended, once and for all; "" while it has not.
    """

    order: Order
    attempt: int
    day: int
    booked: tuple[int, int]
    told: tuple[int, int]
    how: str = ""
    technician: int | None = None
    left: int | None = None
    arrived: int | None = None
    began: int | None = None
    ended: int | None = None
    warned: bool = False
    saved: bool = False
    messages: int = 0
    forecast: tuple[float, float, float] | None = field(default=None)

    @property
    def key(self) -> str:
        return f"{self.order.key}.{self.attempt}"

    @property
    def on_time(self) -> bool:
        return self.arrived is not None and self.arrived <= self.told[1]


def calls(town: Town, days: int, a_day: int) -> list[list[Order]]:
    """Answer the calls of each day, in their order."""
    found: list[list[Order]] = []
    for day in range(days):
        dice = town.dice("calls", day)
        count = max(1, round(dice.gauss(a_day, 0.07 * a_day)))
        moments = sorted(int(dice.uniform(OFFICE[0], OFFICE[1])) for _ in range(count))
        found.append([_order(town, day, nr, moment) for nr, moment in enumerate(moments)])
    return found


def _order(town: Town, day: int, nr: int, moment: int) -> Order:
    dice = town.dice("order", day, nr)
    job = dice.choices(range(len(JOBS)), SHARES)[0]
    place = dice.randrange(town.technicians, len(town.ways))
    urgent = dice.random() < URGENT and moment < 14 * HOUR
    called = day * DAY + moment
    gone = dice.random() < FIXED
    fixed = called + int(dice.expovariate(1 / (FIXED_AFTER * DAY)))
    return Order(f"{day}-{nr}", called, place, job, urgent, day + 1 + dice.choices((0, 1, 2, 3), (4, 3, 2, 1))[0], fixed if gone else None)


def is_free(town: Town, order: Order, day: int, afternoon: bool) -> bool:
    """Answer whether a customer has time on a half-day."""
    return town.dice("free", order.key, day, afternoon).random() < FREE


def cannot(town: Town, visit: Appointment) -> int | None:
    """Answer when (from the first midnight) something comes between the customer and the visit, if anything does."""
    dice = town.dice("cannot", visit.key)
    if visit.order.urgent or dice.random() >= CANNOT:
        return None
    return visit.day * DAY + int(dice.uniform(-12 * HOUR, 10 * HOUR))


def word(town: Town, visit: Appointment, share: float, by_link: bool) -> tuple[int, str] | None:
    """Answer when we hear that a visit is not needed ("cancelled") or not possible ("moved"), if the customer is of those who say so.

    By telephone only while the office is open.
    """
    if town.dice("says", visit.key).random() >= share:
        return None
    moments = [(at, how) for at, how in ((visit.order.fixed, "cancelled"), (cannot(town, visit), "moved")) if at is not None]
    if not moments:
        return None
    at, how = min(moments)
    day, second = divmod(at, DAY)
    if not by_link and not OFFICE[0] <= second <= OFFICE[1]:
        at = (day + (second > OFFICE[1])) * DAY + OFFICE[0]
    return at, how


def at_home(town: Town, visit: Appointment, time: int) -> bool:
    """Answer whether somebody opens."""
    if visit.order.urgent:
        return town.dice("home", visit.key).random() >= AWAY
    busy = cannot(town, visit)
    if busy is not None and busy <= visit.day * DAY + time:
        return False
    if not is_free(town, visit.order, visit.day, time > NOON) and town.dice("stands in", visit.key).random() >= STANDS_IN:
        return False
    away = AWAY + AWAY_HOUR * max(0, min(time, visit.told[1]) - visit.told[0]) / HOUR
    away += (GONE_WARNED if visit.warned else GONE) * max(0, time - visit.told[1]) / HOUR
    return town.dice("home", visit.key).random() >= away
