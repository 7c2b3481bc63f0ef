"""The diary: which windows a policy offers, which one the customer takes, and how each visit ended, once."""

from collections import Counter
from dataclasses import dataclass, field

from bench.operator.demand import NOON, URGENT_WITHIN, Appointment, Order, is_free, word
from bench.operator.world import BEGINS, DAY, ENDS, HOUR, Town

DAY_WINDOW = (BEGINS, ENDS)
HALVES = ((8 * HOUR, 12 * HOUR), (int(12.5 * HOUR), int(16.5 * HOUR)))
HORIZON = 10  # days looked at
LOAD = 0.9  # of working time that is given away beforehand; the rest is for emergencies and bad days
WAY = 17.0  # minutes to the next visit that the diary counts with, under every policy
WORKING = (ENDS - BEGINS) / 60 - 30
ENDINGS = ("done", "cancelled", "moved", "no access", "needless", "carried")
AGAIN = frozenset({"moved", "no access", "carried"})


@dataclass(frozen=True)
class Policy:
    """How an operator works. `says`: share of customers who tell when a visit is not needed or not possible, by a link or by telephone."""

    name: str
    halves: bool
    planned: bool
    live: bool
    says: float


BY_PHONE, BY_LINK = 0.5, 0.8
POLICIES = (
    Policy("nearest first", halves=False, planned=False, live=False, says=BY_PHONE),
    Policy("half-days", halves=True, planned=True, live=False, says=BY_PHONE),
    Policy("Blisko", halves=True, planned=True, live=True, says=BY_LINK),
)


class TwiceEnded(Exception):
    """A visit was counted twice."""


@dataclass
class Diary:
    """All appointments of one operator, and the minutes given away by day and half."""

    town: Town
    policy: Policy
    average: tuple[float, ...]  # minutes each job really takes, from the records
    days: dict[int, list[Appointment]] = field(default_factory=dict)
    given: Counter[tuple[int, int]] = field(default_factory=Counter)
    attempts: Counter[str] = field(default_factory=Counter)
    orders: int = 0

    def accept(self, order: Order) -> Appointment | None:
        """Take a new call; an emergency becomes a visit of the same day."""
        self.orders += 1
        if order.urgent:
            day, second = divmod(order.called, DAY)
            return self._write(order, day, (second, min(second + URGENT_WITHIN, ENDS)))
        self.promise(order, order.first)
        return None

    def promise(self, order: Order, first: int) -> Appointment:
        """Offer windows from a day on, and write down the one the customer takes."""
        need = self.average[order.job] + WAY
        room = WORKING * self.town.technicians * LOAD
        for day in range(first, first + HORIZON):
            free = [is_free(self.town, order, day, afternoon) for afternoon in (False, True)]
            if not self.policy.halves:
                if any(free) and self.given[day, 0] + need <= room:
                    return self._take(order, day, 0, DAY_WINDOW, need)
                continue
            for half, window in enumerate(HALVES):
                if free[half] and self.given[day, half] + need <= room / 2:
                    return self._take(order, day, half, window, need)
        return self._take(order, first + HORIZON, 0, HALVES[0] if self.policy.halves else DAY_WINDOW, need)

    def end(self, visit: Appointment, how: str) -> None:
        """Write down how a visit ended; whoever still needs one is promised another."""
        if visit.how or how not in ENDINGS:
            raise TwiceEnded(f"{visit.key} ended as {visit.how} and as {how}")
        visit.how = how
        if how in AGAIN:
            visit.messages += how == "carried"
            self.promise(visit.order, visit.day + 1)

    def hear(self, until: int) -> None:
        """End what customers have told us of visits on later days, up to a moment."""
        today = until // DAY
        for day in sorted(day for day in self.days if day > today):
            for visit in list(self.days[day]):
                heard = word(self.town, visit, self.policy.says, self.policy.live)
                if not visit.how and heard and heard[0] <= until:
                    half = int(self.policy.halves and visit.booked[0] >= NOON)
                    self.given[day, half] -= self.average[visit.order.job] + WAY
                    visit.saved = True
                    visit.messages += self.policy.live
                    self.end(visit, heard[1])

    def _take(self, order: Order, day: int, half: int, window: tuple[int, int], need: float) -> Appointment:
        self.given[day, half] += need
        return self._write(order, day, window)

    def _write(self, order: Order, day: int, window: tuple[int, int]) -> Appointment:
        self.attempts[order.key] += 1
        visit = Appointment(order, self.attempts[order.key], day, window, window, messages=1)
        self.days.setdefault(day, []).append(visit)
        return visit
