"""A simulated day in which somebody is killed every few seconds: nothing acknowledged is lost, nothing happens twice."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from blisko.kit import postgres, runner
from blisko.kit.clock import clock_from
from blisko.kit.earth import metres_between
from blisko.live.rules.fixes import HOME_METRES
from config.processes import processes
from tests.database import HOME, MIGRATE
from tests.faults.kills import Killer
from tests.faults.truth import Truth, truth_in

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(1200)]
SEED = int(os.environ.get("BLISKO_KILL_SEED", "1"))
KILLS = int(os.environ.get("BLISKO_KILLS", "33"))
SPEED = 30.0
LEAD = timedelta(minutes=20)  # of the platform's clock: booking and signing in, under fire already
HOURS = 1.3
SETTLE_SECONDS = 150
PASSWORD = "thirty-three-kills"


@contextmanager
def platform_of_its_own(home: Path, log: Path) -> Iterator[tuple[dict[str, str], runner.Supervisor]]:
    """What `blisko run` runs, with an embedded, durable PostgreSQL that is mended when it dies, on a fast clock."""
    if home.exists():
        postgres.stop(home)
        shutil.rmtree(postgres.status(home).folder)
    url = postgres.database_url(home, durable=True)
    web, live = runner.free_port(), runner.free_port()
    begins = datetime.now(ZoneInfo(settings.TIME_ZONE)).replace(hour=9, minute=0, second=0, microsecond=0)  # at night telephones are quiet
    env = {
        "DATABASE_URL": url,
        "BLISKO_HOME": str(HOME),
        "BLISKO_BIND": "127.0.0.1",
        "BLISKO_WEB_PORT": str(web),
        "BLISKO_LIVE_PORT": str(live),
        "BLISKO_PUBLIC_URL": f"http://127.0.0.1:{web}",
        "BLISKO_LIVE_URL": f"http://127.0.0.1:{live}",
        "BLISKO_DEMO": "1",
        "BLISKO_CLOCK": f"{begins.isoformat()}@{time.time()}*{SPEED}",
    }
    subprocess.run(MIGRATE, env={**os.environ, **env}, check=True)
    with log.open("wb", buffering=0) as out:
        supervisor = runner.Supervisor(processes(env), keep=lambda: postgres.ensure_running(home), write=out.write, longest_pause=0.5)
        watcher = threading.Thread(target=supervisor.watch)
        watcher.start()
        try:
            yield env, supervisor
        finally:
            supervisor.stop()
            watcher.join()
            postgres.stop(home)


def begin_day(env: dict[str, str], report: Path, log: Path) -> subprocess.Popen[bytes]:
    whole = {**os.environ, **env}
    ready = [sys.executable, "-m", "config.cli", "prepare_demo", "--password", PASSWORD]
    token = subprocess.run(ready, env=whole, stdout=subprocess.PIPE, text=True, check=True).stdout.split()[-1]
    now = clock_from(env["BLISKO_CLOCK"]).at(time.time())
    command = [
        sys.executable, "-m", "config.cli", "simulate", "--seed", "1", "--technicians", "10", "--visits", "36", "--pace", "0.25",
        "--begins", (now + LEAD).isoformat(timespec="seconds"), "--hours", str(HOURS), "--atlas", str(HOME / "city"),
        "--report", str(report),
    ]  # fmt: skip
    ours = {"BLISKO_SIMULATOR_TOKEN": token, runner.PARENT_VARIABLE: str(os.getpid())}
    with log.open("wb") as out:
        return subprocess.Popen(command, env={**whole, **ours}, stdout=out, stderr=subprocess.STDOUT)


def settle(truth: Truth) -> dict[str, int]:
    """Wait until nothing is under way any more; answer what still is."""
    until = time.monotonic() + SETTLE_SECONDS
    while (left := truth.unfinished()) and time.monotonic() < until:
        time.sleep(1)
    return left


def wall_time(words: str) -> Callable[[datetime], datetime]:
    """How to turn a time of the platform's clock into one of the wall's."""
    clock = clock_from(words)
    return lambda at: datetime.fromtimestamp(clock.anchor + (at - clock.starts).total_seconds() / clock.speed, UTC)


def test_nothing_acknowledged_is_lost_and_nothing_happens_twice_under_thirty_kills(artefacts: Path) -> None:
    home, report, log = HOME / "faults" / "postgres", artefacts / "kills-report.json", artefacts / "kills-simulator.log"
    home.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    with platform_of_its_own(home, artefacts / "kills-platform.log") as (env, supervisor):
        day = begin_day(env, report, log)
        doors = (f"{env['BLISKO_PUBLIC_URL']}/robots.txt", f"{env['BLISKO_LIVE_URL']}/healthz")
        killer = Killer(supervisor, home, SEED, doors)
        try:
            killer.strike(KILLS)
            assert day.poll() is None, f"the day was over before the kills were:\n{log.read_text()[-3000:]}"
            assert day.wait(700) == 0, log.read_text()[-3000:]
        finally:
            day.kill()
            print(killer.told())
            (artefacts / "kills.txt").write_text(killer.told(), encoding="utf-8")
        said: dict[str, Any] = json.loads(report.read_text())
        print({name: said[name] for name in ("seconds", "counts", "dialects")})
        with truth_in(env["DATABASE_URL"], wall_time(env["BLISKO_CLOCK"])) as truth:
            problems = differences(truth, said, settle(truth))
    assert len(killer.killed) >= 30
    assert not problems, "\n".join(problems)


def differences(truth: Truth, said: dict[str, Any], left: dict[str, int]) -> list[str]:
    """Every way in which the database differs from what was acknowledged, and from itself."""
    problems = [f"the simulator met: {fault}" for fault in said["faults"]]
    problems += [f"still under way: {name} {count}" for name, count in left.items()]
    kept, homes = truth.positions(), truth.homes()
    lost = {tuple(one) for one in said["positions"]} - kept.keys()
    lost = {one for one in lost if metres_between((one[2], one[3]), homes[one[0]]) > HOME_METRES}
    problems += [f"acknowledged position lost: {device[:8]} {at} {lat} {lon}" for device, at, lat, lon in sorted(lost)]
    problems += [f"position kept {count} times" for count in kept.values() if count > 1]
    assert len(kept) > 100, "hardly any position arrived: the test would prove nothing"
    if off := truth.off_shift_positions():
        problems.append(f"{off} positions off shift were written")
    visits = truth.visits()
    problems += [f"acknowledged booking lost: {number}" for number in said["bookings"] if number not in visits]
    problems += truth.broken_lives()
    taken = {number: Counter(name for name, *_ in truth.steps(key)) for number, (key, _) in visits.items()}
    problems += [
        f"acknowledged step {step} of {number}: {taken[number][step]} times" for number, step in said["steps"] if taken[number][step] != 1
    ]
    problems += [f"double booking: visits {one} and {other}" for one, other in truth.double_bookings()]
    problems += [f"key and assignment differ: {row}" for row in truth.keys_apart()]
    made = truth.assignments()
    problems += [f"acknowledged assignment lost: {pair}" for pair in said["assignments"] if tuple(pair) not in made]
    answers = truth.answers()
    problems += [f"acknowledged answer lost: {number}" for number, works in said["answers"] if (number, works) not in answers]
    problems += truth.untold()
    problems += truth.wrong_messages()
    problems += [f"job gave up: {row}" for row in truth.failed_jobs()]
    return problems
