"""What the database holds after a day, compared with what the platform had acknowledged."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg

from blisko.visits.rules import VISIT_LIFE, VisitState

RECOVERS = 60.0  # seconds in which a killed server is back
TOLD = {"set_out": "visit_on_the_way", "arrive": "visit_arrived", "finish": "visit_done", "cancel": "visit_cancelled"}
FAILURES = ("no_access", "give_up", "need_another")
MESSAGES = {"finish": "visit_done", "cancel": "visit_cancelled", "no_access": "visit_no_access", "set_out": "visit_on_the_way"}


class Truth:
    """Asks the database directly; the platform's own code has no say here."""

    def __init__(self, conn: psycopg.Connection[Any], real: Callable[[datetime], datetime]) -> None:
        self._conn = conn
        self._real = real

    def rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        return self._conn.execute(question, values).fetchall()

    def unfinished(self) -> dict[str, int]:
        """What still waits or is under way: jobs by queue, and messages."""
        jobs = self.rows(
            "SELECT queue_name, count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND queue_name <> 'care' GROUP BY 1"
        )
        waiting = self.rows("SELECT count(*) FROM messaging_delivery WHERE state IN ('queued', 'sending', 'failed')")[0][0]
        return {name: count for name, count in [*jobs, ("deliveries", waiting)] if count}

    def positions(self) -> Counter[tuple[str, str, float, float]]:
        """Every kept fix as (SHA-256 of the device's token, ISO time, lat, lon)."""
        found = self.rows(
            "SELECT encode(k.token_hash, 'hex'), f.fix_time, f.lat, f.lon FROM live_fix f"
            " JOIN live_device d ON d.id = f.device_id JOIN access_key k ON k.id = d.key_id"
        )
        return Counter((token, at.isoformat(), lat, lon) for token, at, lat, lon in found)

    def homes(self) -> dict[str, tuple[float, float]]:
        """Where the technician of each device lives (by SHA-256 of the device's token): nothing is kept around it."""
        found = self.rows(
            "SELECT encode(k.token_hash, 'hex'), h.lat, h.lon FROM field_home h JOIN live_device d USING (technician_id)"
            " JOIN access_key k ON k.id = d.key_id"
        )
        return {token: (lat, lon) for token, lat, lon in found}

    def off_shift_positions(self) -> int:
        """Fixes at a time when their technician had no shift."""
        [(count,)] = self.rows(
            "SELECT count(*) FROM live_fix f JOIN live_device d ON d.id = f.device_id WHERE NOT EXISTS (SELECT FROM field_shift s"
            " WHERE s.technician_id = d.technician_id AND s.starts_at <= f.fix_time AND f.fix_time < s.ends_at)"
        )
        return int(count)

    def visits(self) -> dict[str, tuple[int, str]]:
        """Id and state of every visit, by number."""
        return {number: (key, state) for number, key, state in self.rows("SELECT number, id, state FROM visits_visit")}

    def steps(self, visit: int) -> list[tuple[str, str, str, datetime]]:
        """Name, from, to and time of each step, in the order they were taken."""
        question = "SELECT name, came_from, went_to, at FROM kit_step WHERE subject = %s ORDER BY id"
        return self.rows(question, f"visits.visit:{visit}")

    def broken_lives(self) -> list[str]:
        """Visits whose steps are no path through the lifecycle from its start to their state."""
        broken = []
        for number, (key, state) in self.visits().items():
            here = str(VisitState.BOOKED)
            for name, before, after, _ in self.steps(key):
                if before != here or VISIT_LIFE.steps.get((VisitState(before), name)) != after:
                    broken.append(f"{number}: {name} from {before} to {after}, but it was {here}")
                here = after
            if here != state:
                broken.append(f"{number}: is {state}, its steps end in {here}")
        return broken

    def double_bookings(self) -> list[tuple[Any, ...]]:
        """Two visits of one technician at one time, or two technicians for one visit."""
        return self.rows(
            "SELECT a.visit_id, b.visit_id FROM planning_assignment a JOIN planning_assignment b ON a.id < b.id AND a.released_at IS NULL"
            " AND b.released_at IS NULL AND (a.visit_id = b.visit_id OR (a.technician_id = b.technician_id AND a.during && b.during))"
        )

    def keys_apart(self) -> list[tuple[Any, ...]]:
        """Assignments without their technician's one open key to the visit, and such keys without an assignment."""
        return self.rows(
            "SELECT coalesce(a.visit_id::text, k.opens), a.n, k.n FROM"
            " (SELECT visit_id, 'user:' || t.user_id AS holder, count(*) AS n FROM planning_assignment x JOIN field_technician t"
            "  ON t.id = x.technician_id WHERE released_at IS NULL GROUP BY 1, 2) a"
            " FULL JOIN (SELECT holder, opens, count(*) AS n FROM access_key WHERE kind = 'assignment' AND revoked_at IS NULL"
            "  AND opens LIKE 'visit:%%' GROUP BY 1, 2) k ON k.holder = a.holder AND k.opens = 'visit:' || a.visit_id"
            " WHERE a.n IS DISTINCT FROM 1 OR k.n IS DISTINCT FROM 1"
        )

    def untold(self) -> list[str]:
        """Happenings that are not on the customer's timeline exactly once: an event lost, or handled twice."""
        wanted: Counter[tuple[int, str]] = Counter()
        for key, _ in self.visits().values():
            wanted[key, "visit_booked"] += 1
            for name, *_ in self.steps(key):
                if kind := "visit_failed" if name in FAILURES else TOLD.get(name):
                    wanted[key, kind] += 1
        kinds = [*TOLD.values(), "visit_booked", "visit_failed"]
        found = Counter({
            (int(subject[6:]), kind): count
            for subject, kind, count in self.rows(
                "SELECT subject, kind, count(*) FROM customers_timelineentry"
                " WHERE kind = ANY(%s) AND subject LIKE 'visit:%%' GROUP BY 1, 2",
                kinds,
            )
        })  # fmt: skip
        return [
            f"visit {key}: {kind} {found[key, kind]} times instead of {wanted[key, kind]}"
            for key, kind in {*wanted, *found}
            if found[key, kind] != wanted[key, kind]
        ]

    def wrong_messages(self) -> list[str]:
        """Messages not written, or written twice, per visit, code and address; not sent; or arrived otherwise than once."""
        wrong: list[str] = []
        written = Counter({
            (int(about[6:]), code, channel): count
            for about, code, channel, count in self.rows("SELECT about, code, channel, count(*) FROM messaging_delivery GROUP BY 1, 2, 3")
        })  # fmt: skip
        expected: Counter[tuple[int, str, str]] = Counter()
        for key, _ in self.visits().values():
            steps = self.steps(key)
            codes = ["visit_booked", *[MESSAGES[name] for name, *_ in steps if name in MESSAGES]]
            expected.update((key, code, channel) for code in codes for channel in self._channels(key))
        wrong += [
            f"visit {about[0]}: {about[1]} by {about[2]} written {written[about]} times instead of {expected[about]}"
            for about in {*expected, *written}
            if written[about] != expected[about] and not self._overtaken(*about[:2], written[about])
        ]
        states = self.rows(
            "SELECT id, about, code, channel, state, last_error FROM messaging_delivery WHERE state NOT IN ('sent', 'delivered')"
        )
        wrong += [f"{about}: {code} by {channel} ({key}) is {state}: {why}" for key, about, code, channel, state, why in states]
        arrived = self.rows(
            "SELECT d.id, d.code, count(m.id) FROM messaging_delivery d LEFT JOIN messaging_demomessage m ON m.reference = d.reference"
            " GROUP BY 1, 2 HAVING count(m.id) <> 1"
        )
        return wrong + [f"delivery {key} ({code}) arrived {count} times" for key, code, count in arrived]

    def _channels(self, visit: int) -> list[str]:
        kinds = self.rows(
            "SELECT DISTINCT c.kind FROM visits_visit v JOIN visits_workorder o ON o.id = v.order_id"
            " JOIN customers_contact c ON c.customer_id = o.customer_id WHERE v.id = %s",
            visit,
        )
        return ["sms" if kind == "phone" else "email" for (kind,) in kinds]

    def _overtaken(self, visit: int, code: str, written: int) -> bool:
        """A message that would have come too late is rightly left out: its visit had gone on before the event was handled."""
        event, place = {"visit_booked": ("VisitBooked", 0), "visit_on_the_way": ("TechnicianSetOut", 1)}.get(code, ("", 0))
        if written or not event or len(steps := self.steps(visit)) <= place:
            return False
        handled = self.rows(
            "SELECT max(e.at) FROM procrastinate_events e JOIN procrastinate_jobs j ON j.id = e.job_id WHERE e.type = 'succeeded'"
            " AND j.task_name LIKE 'blisko.live.handlers.announce%%:' || %s AND j.args->>'visit_id' = %s",
            event,
            str(visit),
        )[0][0]
        return handled is not None and bool(handled > self._real(steps[place][3]))

    def failed_jobs(self) -> list[tuple[Any, ...]]:
        """Jobs that gave up for good; not one left to a later one of its kind, which then did its work."""
        return self.rows(
            "SELECT task_name, args, attempts, status FROM procrastinate_jobs j"
            " WHERE status NOT IN ('succeeded', 'todo', 'doing') AND queue_name <> 'care'"
            " AND NOT (status = 'aborted' AND EXISTS (SELECT 1 FROM procrastinate_jobs o"
            " WHERE o.queueing_lock = j.queueing_lock AND o.id > j.id AND o.status = 'succeeded'))"
        )

    def answers(self) -> list[tuple[str, bool]]:
        """The kept answers by visit number."""
        return self.rows("SELECT v.number, c.works FROM visits_confirmation c JOIN visits_visit v ON v.id = c.visit_id")

    def assignments(self) -> set[tuple[str, str]]:
        """Visit numbers and personnel codes of all assignments ever made."""
        return set(
            self.rows(
                "SELECT v.number, t.code FROM planning_assignment a JOIN visits_visit v ON v.id = a.visit_id"
                " JOIN field_technician t ON t.id = a.technician_id"
            )
        )


def connected(url: str) -> psycopg.Connection[Any]:
    """Connect to a server that may just be mending what its last death left."""
    until = time.monotonic() + RECOVERS
    while True:
        try:
            return psycopg.connect(url, autocommit=True)
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


@contextmanager
def truth_in(url: str, real: Callable[[datetime], datetime]) -> Iterator[Truth]:
    """Open the database for questions; `real` turns a time of the platform's clock into one of the wall's."""
    with connected(url) as conn:
        conn.execute("SET TimeZone = 'UTC'")
        yield Truth(conn, real)
