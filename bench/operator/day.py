"""One day as it really goes: technicians, customers and the desk, moment by moment."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from bench.operator.book import Diary
from bench.operator.demand import Appointment, Order, at_home, word
from bench.operator.planner import Planner, Standing
from bench.operator.world import BEGINS, DAY, ENDS, HOUR, LUNCH, OVERTIME, SKILL, Town
from blisko.planning.rules.problem import Plan

MORNING = int(7.5 * HOUR)
AT_A_SHUT_DOOR, NOT_NEEDED = 10 * 60, 5 * 60
REST = 15 * 60  # between two repairs
OFF = 15 * 60  # a visit that ends so far from the plan asks for a repair
BREAK = "break"


@dataclass
class Person:
    """A technician on this day. `queue`: keys of visits, and the break, still to come; `turn` makes older alarms void."""

    nr: int
    place: int
    queue: list[str] = field(default_factory=list)
    doing: Appointment | None = None
    busy: int = BEGINS  # until when, as far as the desk knows
    eaten: bool = False
    gone: bool = False
    turn: int = 0
    driven: int = 0
    overtime: int = 0


class Working:
    """The day of one operator under one policy."""

    def __init__(self, town: Town, diary: Diary, planner: Planner, day: int, urgent: list[Order]) -> None:
        self.town, self.diary, self.planner, self.day = town, diary, planner, day
        self.policy = diary.policy
        self.visits = {visit.key: visit for visit in diary.days.get(day, []) if not visit.how}
        self.people = [Person(nr, nr) for nr in range(town.technicians)]
        self.alarms: list[tuple[int, int, Callable[[int], None]]] = []
        self.order = count()
        self.rested, self.asked = 0, False
        for order in urgent:
            self._at(order.called - day * DAY, lambda now, order=order: self._urgent(order, now))  # type: ignore[misc]
        for visit in list(self.visits.values()):
            self._listen(visit)

    def run(self) -> None:
        """Let the day pass; whatever is still open at its end is left to another day."""
        if self.policy.planned and self.visits:
            self._take(self.planner.night(list(self.visits.values())), told=False)
        for visit in self.visits.values():
            visit.messages += 1  # the reminder, which says the narrowed window where there is one
        self._at(MORNING, self._morning)
        while self.alarms:
            now, _, ring = heapq.heappop(self.alarms)
            ring(now)
        for visit in list(self.visits.values()):
            if not visit.how:
                self.diary.end(visit, "carried")

    def _at(self, time: int, ring: Callable[[int], None]) -> None:
        heapq.heappush(self.alarms, (time, next(self.order), ring))

    def _listen(self, visit: Appointment) -> None:
        """Hear from the customer today, if he is one who says so."""
        heard = word(self.town, visit, self.policy.says, self.policy.live)
        if heard:
            self._at(max(MORNING - HOUR, heard[0] - self.day * DAY), lambda now: self._heard(visit, heard[1], now))

    def _heard(self, visit: Appointment, how: str, now: int) -> None:
        if visit.how or visit.left is not None:
            return  # too late: somebody drives there already
        visit.saved = True
        visit.messages += self.policy.live
        self.diary.end(visit, how)
        self._happened(now)

    def _morning(self, now: int) -> None:
        for nr in sorted(self.town.sick(self.day)):
            self.people[nr].gone = True
        self._happened(now)
        for person in self.people:
            self._wake(person, BEGINS)

    def _urgent(self, order: Order, now: int) -> None:
        visit = self.diary.accept(order)
        assert visit is not None
        self.visits[visit.key] = visit
        self._listen(visit)
        if self.policy.planned and not self.policy.live:
            able = [one for one in self._here() if SKILL[order.job] in self.town.skills[one.nr]]
            if able:
                ways = self.planner.known.travel
                nearest = min(able, key=lambda one: (ways[one.doing.order.place if one.doing else one.place, order.place], one.nr))
                nearest.queue.insert(0, visit.key)
        self._happened(now)
        for person in self._here():
            if person.doing is None and person.busy <= now:
                self._wake(person, now)

    def _here(self) -> list[Person]:
        return [person for person in self.people if not person.gone]

    # What the desk does

    def _happened(self, now: int) -> None:
        """Ask for a repair soon, where there are repairs."""
        if self.policy.live and not self.asked:
            self.asked = True
            self._at(max(now, self.rested), self._repair)

    def _repair(self, now: int) -> None:
        self.asked, self.rested = False, now + REST
        open_visits = [visit for visit in self.visits.values() if not visit.how and visit.left is None]
        if not open_visits:
            return
        standing = [self._standing(one, now) for one in self._here()]
        standing = [one for one in standing if one.free < ENDS]
        if standing:
            self._take(self.planner.repair(standing, open_visits, now), told=True)
        for person in self._here():
            if person.doing is None and person.busy <= now:
                self._wake(person, max(now, BEGINS))

    def _standing(self, person: Person, now: int) -> Standing:
        place = person.doing.order.place if person.doing else person.place
        return Standing(person.nr, place, max(now, BEGINS, self._expected(person, now)), not person.eaten)

    def _expected(self, person: Person, now: int) -> int:
        """Answer when somebody is free, by what the desk can see: where he is, since when, and how long such work takes."""
        visit = person.doing
        if visit is None or visit.left is None:
            return person.busy
        work = self.planner.seconds(visit, person.nr)
        if visit.began is not None:
            return max(visit.began + work, now + work // 4)
        way = int(self.planner.known.travel[person.place, visit.order.place])
        return max(visit.left + way, visit.told[0], now) + work

    def _take(self, plan: Plan, *, told: bool) -> None:
        """Give a plan to the people; where customers were told something else already, they hear of it."""
        for person in self.people:
            person.queue = []
        for route in plan.routes:
            person = self.people[int(route.shift)]
            for stop in route.stops:
                if stop.kind == BREAK:
                    person.queue.append(BREAK)
                    continue
                visit = self.visits[stop.key]
                person.queue.append(stop.key)
                if self.policy.live and told:
                    visit.messages += visit.technician not in (None, person.nr)
                    if stop.starts > visit.told[1] and not visit.warned:
                        visit.warned = True
                        visit.messages += 1
                visit.technician = person.nr

    # What technicians do

    def _wake(self, person: Person, time: int) -> None:
        person.turn += 1
        turn = person.turn
        self._at(time, lambda now: self._next(person, now) if person.turn == turn else None)

    def _next(self, person: Person, now: int) -> None:
        """Do what comes next: eat, drive, wait or go home."""
        if person.gone or person.doing is not None:
            return
        if self._hungry(person, now):
            person.eaten, person.busy = True, now + LUNCH.seconds
            person.queue = [key for key in person.queue if key != BREAK]
            self._wake(person, person.busy)
            return
        visit = self._queued(person, now) if self.policy.planned else self._nearest(person, now, list(self.visits.values()))
        home = int(self.planner.known.travel[person.place, person.nr])
        if visit is None:
            if now >= ENDS - home:
                self._go_home(person, now)
            else:
                self._wake(person, min(ENDS - home, self._lunchtime(person, now)))
            return
        leave = visit.told[0] - int(self.planner.known.travel[person.place, visit.order.place])
        if leave > now:
            self._wake(person, min(leave, self._lunchtime(person, now)))
        else:
            self._set_out(person, visit, now)

    def _lunchtime(self, person: Person, now: int) -> int:
        return ENDS if person.eaten or now >= LUNCH.earliest else LUNCH.earliest

    def _hungry(self, person: Person, now: int) -> bool:
        """Whoever has a plan eats where it says, at the latest when lunch must begin; the others at the first chance."""
        if person.eaten or now < LUNCH.earliest:
            return False
        return not person.queue or person.queue[0] == BREAK or now >= LUNCH.latest or not self.policy.planned

    def _fits(self, person: Person, visit: Appointment, now: int) -> bool:
        """Answer whether somebody who sets out now is home before the longest day ends, as far as one can know."""
        travel, there = self.planner.known.travel, visit.order.place
        begins = max(now + int(travel[person.place, there]), visit.told[0])
        return begins + self.planner.seconds(visit, person.nr) + int(travel[there, person.nr]) <= ENDS + OVERTIME

    def _queued(self, person: Person, now: int) -> Appointment | None:
        """Answer the next visit of the plan; without a live plan, who has done all of his takes what nobody comes for."""
        while key := next((key for key in person.queue if key != BREAK), None):
            visit = self.visits[key]
            if self._open(visit) and self._fits(person, visit, now):
                return visit
            person.queue.remove(key)
        if self.policy.live:
            return None
        kept = {key for one in self._here() for key in one.queue}
        return self._nearest(person, now, [visit for visit in self.visits.values() if visit.key not in kept])

    def _open(self, visit: Appointment) -> bool:
        return not visit.how and visit.left is None

    def _nearest(self, person: Person, now: int, visits: list[Appointment]) -> Appointment | None:
        """Answer the nearest open visit somebody can do, emergencies first."""
        skills, travel = self.town.skills[person.nr], self.planner.known.travel[person.place]
        able = [v for v in visits if self._open(v) and SKILL[v.order.job] in skills and self._fits(person, v, now)]
        return min(able, key=lambda v: (not v.order.urgent, travel[v.order.place], v.key), default=None)

    def _set_out(self, person: Person, visit: Appointment, now: int) -> None:
        if visit.key in person.queue:
            person.queue.remove(visit.key)
        visit.left, visit.technician, person.doing = now, person.nr, visit
        visit.messages += self.policy.live  # on the way
        took = self.town.drive(self.day, person.nr, person.place, visit.order.place, now)
        person.driven += took
        there = now + took
        if BREAK in person.queue[:1] and not person.eaten:  # eaten on the way or at its end
            person.eaten, there = True, max(there, LUNCH.earliest) + LUNCH.seconds
        self._at(there, lambda then: self._arrive(person, visit, then))

    def _arrive(self, person: Person, visit: Appointment, now: int) -> None:
        visit.arrived = now
        self._at(max(now, visit.told[0]), lambda then: self._begin(person, visit, then))

    def _begin(self, person: Person, visit: Appointment, now: int) -> None:
        visit.began = now
        if visit.order.fixed is not None and visit.order.fixed <= self.day * DAY + now:
            how, takes = "needless", NOT_NEEDED
        elif not at_home(self.town, visit, now):
            how, takes = "no access", AT_A_SHUT_DOOR
        else:
            how, takes = "done", int(60 * self.town.minutes(visit.order.key, visit.order.job, person.nr, visit.order.place))
        self._at(now + takes, lambda then: self._finish(person, visit, how, then))

    def _finish(self, person: Person, visit: Appointment, how: str, now: int) -> None:
        assert visit.began is not None
        visit.ended = now
        self.diary.end(visit, how)
        person.place, person.doing, person.busy = visit.order.place, None, now
        if abs(now - visit.began - self.planner.seconds(visit, person.nr)) > OFF:
            self._happened(now)
        self._wake(person, now)

    def _go_home(self, person: Person, now: int) -> None:
        took = self.town.drive(self.day, person.nr, person.place, person.nr, now)
        person.driven += took
        person.overtime = max(0, now + took - ENDS)
        person.gone = True
