"""Who is killed when: web, live, worker, planner and PostgreSQL, at moments drawn from a seed."""

import contextlib
import os
import signal
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from blisko.kit import postgres, runner

VICTIMS = ("web", "web", "web's child", "live", "live", "worker", "worker", "planner", "postmaster", "postmaster", "backend")
PAUSES = (0.2, 4.0)  # seconds of life, at least and at most, between everybody's return and the next kill
BLIND = 0.25  # share of kills that do not wait for everybody's return: they meet the platform while it recovers
RETURN_SECONDS = 60.0


@dataclass
class Killer:
    """Kills one process after another; whoever died comes back by the platform's own means."""

    supervisor: runner.Supervisor
    database: Path
    seed: int
    doors: tuple[str, ...]
    killed: list[tuple[float, str]] = field(default_factory=list)

    def strike(self, times: int) -> None:
        """Kill `times` processes, each kind in its share, in a random order, each time somebody who lives."""
        rng, begun = Random(self.seed), time.monotonic()
        order = [VICTIMS[i % len(VICTIMS)] for i in range(times)]
        rng.shuffle(order)
        for victim in order:
            until = time.monotonic() + RETURN_SECONDS
            patient = rng.random() > BLIND
            while patient and not all(answers(door) for door in self.doors):
                assert time.monotonic() < until, "the platform did not come back"
                time.sleep(0.1)
            time.sleep(rng.uniform(*PAUSES))
            while not self._kill(victim, rng):
                assert time.monotonic() < until, f"{victim} did not come back"
                time.sleep(0.05)
            self.killed.append((round(time.monotonic() - begun, 2), victim))

    def _kill(self, victim: str, rng: Random) -> bool:
        pid = self._pid(victim, rng)
        if pid is None:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            return True
        return False

    def _pid(self, victim: str, rng: Random) -> int | None:
        if victim in ("web", "live", "worker", "planner"):
            return self.supervisor.pid(victim)
        parent = self.supervisor.pid("web") if victim == "web's child" else postgres.status(self.database).pid
        if victim == "postmaster" or parent is None:
            return parent
        children = sorted(children_of(parent))
        return rng.choice(children) if children else None

    def told(self) -> str:
        """The kills, for the reader of a test's output."""
        shares = ", ".join(f"{name} {count}" for name, count in sorted(Counter(name for _, name in self.killed).items()))
        return f"{len(self.killed)} kills (seed {self.seed}): {shares}\n" + "  ".join(f"{at:.1f} s {name}" for at, name in self.killed)


def answers(door: str) -> bool:
    """Whether somebody is at home there."""
    try:
        with urllib.request.urlopen(door, timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def children_of(parent: int) -> list[int]:
    """The processes that `parent` has started and that still live."""
    found: list[int] = []
    for task in Path(f"/proc/{parent}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(word) for word in task.read_text().split()]
    return found
