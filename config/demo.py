"""`blisko demo`: the platform on a database of its own, in a generated city, with a simulated day and a guide to it."""

import argparse
import contextlib
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time as real
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from blisko.kit import postgres, runner
from blisko.simulator.rules.day import make_technicians
from blisko.simulator.rules.stars import STARS
from blisko.simulator.services.atlas import atlas_of
from config.processes import ROOT, prepare, processes

MORNING, HOURS = time(8, 30), 9.0  # local time at which a demo day begins, and its length
PASSWORD = "blisko-demo"  # noqa: S105  printed for whoever tries the demo; its database holds made-up people only
READY_SECONDS = 150.0
GUIDE = """
{bold}  Blisko is up: a day at an operator, {speed:g} times as fast as a real one.{plain}

  1  {bold}You are Zofia, a customer.{plain} Her telephone has just got an SMS; open it and tap the link:

         {bold}{web}/demo/phone/{zofia}/{plain}

     In about {wait} seconds the technician sets out: the map appears by itself and shows the way to you.
     It takes a minute or two, the work another minute. Then the page asks whether everything works:
     answer, give some stars. Your answer is kept as evidence (see 2).
     Missed it? A new visit for her is booked every few minutes. The same in Hungarian and in English:
         {web}/demo/phone/{agnes}/
         {web}/demo/phone/{emily}/

  2  The dispatcher's day      {web}/day/
         dispatcher@blisko.example, password {password}
     Zofia's timeline with your answer: {web}/customers/?search=Zofia+Lewandowska

  3  A technician's day        {web}/t/
         {technician}, password {password}   (another browser, or a private window)

  4  The admin                 {web}/admin/
         admin@blisko.example, password {password}

  5  The API                   {web}/api/v1/docs    (signed in as admin or dispatcher)

  Ctrl+C ends everything. What the processes say is in {log}.
"""


@dataclass(frozen=True)
class Demo:
    """Where one demo lives and how it is played."""

    home: Path
    bind: str
    port: int
    live_port: int
    speed: float
    technicians: int
    visits: int
    seed: int

    @property
    def web(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def live(self) -> str:
        return f"http://localhost:{self.live_port}"

    @property
    def log(self) -> Path:
        return self.home / "demo.log"

    @property
    def city(self) -> Path:
        return self.home.parent / "city"

    def environment(self) -> dict[str, str]:
        """What every process of the demo is told."""
        return {
            "BLISKO_HOME": str(self.home),
            "BLISKO_DEMO": "1",
            "BLISKO_BIND": self.bind,
            "BLISKO_WEB_PORT": str(self.port),
            "BLISKO_LIVE_PORT": str(self.live_port),
            "BLISKO_PUBLIC_URL": self.web,
            "BLISKO_LIVE_URL": self.live,
            "BLISKO_MAP_FILE": str(self.city / "city.mbtiles"),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }


def demo(args: Sequence[str]) -> int:
    """Prepare what is not there yet, start everything, print the guide and play days until told to end."""
    options = _options(args)
    place = Demo(
        options.home.resolve(),
        options.bind,
        options.port,
        options.live_port,
        options.speed,
        options.technicians,
        options.visits,
        options.seed,
    )
    for port in (place.port, place.live_port):
        runner.require_free_port(place.bind, port)
    logging.getLogger().setLevel(logging.WARNING)
    for name in ("DATABASE_URL", "BLISKO_CLOCK"):
        os.environ.pop(name, None)
    os.environ.update(place.environment())
    server = place.home / "postgres"
    if options.fresh:
        _forget(place)
    place.home.mkdir(parents=True, exist_ok=True)
    ours = postgres.ensure_running(server)
    try:
        token = _prepare(place)
        return _days(place, token, server) if token else 1
    finally:
        if ours:
            postgres.stop(server)


def _options(args: Sequence[str]) -> argparse.Namespace:
    environ = os.environ
    parser = argparse.ArgumentParser(prog="blisko demo", description=__doc__)
    parser.add_argument("--fresh", action="store_true", help="forget the days played so far")
    parser.add_argument("--bind", default=environ.get("BLISKO_BIND", "127.0.0.1"), help="address to listen on (BLISKO_BIND)")
    parser.add_argument("--port", type=int, default=int(environ.get("BLISKO_WEB_PORT", "8000")), help="port of web (BLISKO_WEB_PORT)")
    parser.add_argument(
        "--live-port", type=int, default=int(environ.get("BLISKO_LIVE_PORT", "8001")), help="port of live (BLISKO_LIVE_PORT)"
    )
    home = Path(environ.get("BLISKO_HOME") or ROOT / ".blisko")
    parser.add_argument("--home", type=Path, default=home / "demo", help="folder of the demo's database")
    parser.add_argument("--speed", type=float, default=8.0, help="how many times as fast as a real day")
    parser.add_argument("--technicians", type=int, default=12)
    parser.add_argument("--visits", type=int, default=50)
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args(args)


def _forget(place: Demo) -> None:
    if place.home.exists():
        postgres.stop(place.home / "postgres")
        for path in [postgres.status(place.home / "postgres").folder, place.home / "media", place.home / "day.json"]:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _prepare(place: Demo) -> str:
    """Grow the city (in two processes) while the database is brought up to date; answer the simulator's API token, "" on failure."""
    _say("Growing the city and preparing the database (the first time takes about half a minute)")
    command = [sys.executable, "-m", "config.cli"]
    atlas = (
        f"from pathlib import Path; from blisko.simulator.services.atlas import atlas_of; atlas_of(Path({str(place.city)!r}), {place.seed})"
    )
    city = [
        subprocess.Popen([*command, "make_city", str(place.city), "--seed", str(place.seed)], stdout=subprocess.DEVNULL),
        subprocess.Popen([sys.executable, "-c", atlas], cwd=ROOT),
    ]
    codes = [prepare()]
    codes += [one.wait() for one in city]
    if any(codes):
        return ""
    ready = subprocess.run([*command, "prepare_demo", "--password", PASSWORD], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    return ready.stdout.strip().splitlines()[-1] if ready.returncode == 0 else ""


def _days(place: Demo, token: str, server: Path) -> int:
    """Play one day after another, skipping the nights, until told to end."""
    days = Days(place, token, server)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda number, frame: days.end())
    threading.Thread(target=_guide, args=(place, days), daemon=True).start()
    while not days.ended:
        days.play_one()
    _say("The demo has ended.")
    return 0


class Days:
    """Keeps the platform and the simulator running, one day of the platform's clock after another."""

    def __init__(self, place: Demo, token: str, server: Path) -> None:
        self._place, self._token, self._server = place, token, server
        self._supervisor: runner.Supervisor | None = None
        self._night = 0.0
        self.ended = False

    def end(self) -> None:
        """End everything in a few seconds."""
        self.ended = True
        if self._supervisor:
            self._supervisor.stop()

    def play_one(self) -> None:
        """Play the day after the last one, or today."""
        place, begins = self._place, _next_morning(self._place)
        (place.home / "day.json").write_text(json.dumps({"day": str(begins.date())}))
        now = real.time()
        self._night = now + (HOURS + 0.25) * 3600 / place.speed
        os.environ["BLISKO_CLOCK"] = f"{begins.isoformat()}@{now}*{place.speed}"
        with place.log.open("ab", buffering=0) as out:
            self._supervisor = runner.Supervisor(self._processes(begins), keep=self._keep, write=out.write)
            if not self.ended:
                self._supervisor.watch()

    def _processes(self, begins: datetime) -> list[runner.Process]:
        place = self._place
        play = [
            sys.executable, "-m", "config.cli", "simulate", "--stars", "--begins", begins.isoformat(), "--hours", str(HOURS),
            "--atlas", str(place.city), "--seed", str(place.seed), "--technicians", str(place.technicians), "--visits", str(place.visits),
        ]  # fmt: skip
        secrets = {"BLISKO_SIMULATOR_TOKEN": self._token, "BLISKO_SIMULATOR_PASSWORD": PASSWORD}
        return [*processes(), runner.Process("simulator", play, secrets, grace=3)]

    def _keep(self) -> None:
        postgres.ensure_running(self._server)
        if real.time() > self._night and self._supervisor:
            self._supervisor.stop()


def _next_morning(place: Demo) -> datetime:
    """The first morning that was not played yet, today's or later."""
    zone = ZoneInfo(os.environ.get("BLISKO_TIME_ZONE", "Europe/Warsaw"))
    day = datetime.now(zone).date()
    with contextlib.suppress(OSError, ValueError, KeyError):
        day = max(day, date.fromisoformat(json.loads((place.home / "day.json").read_text())["day"]) + timedelta(days=1))
    return datetime.combine(day, MORNING, zone)


def _guide(place: Demo, days: Days) -> None:
    """Print where to look as soon as the first telephone has its message."""
    zofia, agnes, emily = (star.phone for star in STARS)
    until = real.monotonic() + READY_SECONDS
    while "/v/" not in _page(f"{place.web}/demo/phone/{zofia}/") or not _page(f"{place.live}/healthz"):
        if days.ended:
            return
        if real.monotonic() > until:
            _say(f"The demo is not up after {READY_SECONDS:.0f} seconds; {place.log} tells why.")
            return
        real.sleep(0.3)
    bold, plain = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")
    print(
        GUIDE.format(
            bold=bold,
            plain=plain,
            speed=place.speed, web=place.web, zofia=zofia, agnes=agnes, emily=emily, password=PASSWORD, log=place.log,
            wait=round(STARS[0].first.total_seconds() / place.speed), technician=_technician(place),
        ),
        flush=True,
    )  # fmt: skip


def _technician(place: Demo) -> str:
    """The e-mail address of a technician who has an ordinary day."""
    atlas = atlas_of(place.city, place.seed)
    return make_technicians(Random(place.seed), atlas.addresses, place.technicians)[-1].email


def _page(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=5) as page:
            return str(page.read().decode())
    except (OSError, ValueError):
        return ""


def _say(words: str) -> None:
    print(f"blisko: {words}", flush=True)
