"""The real platform for tests: web, live and worker as processes over a database of their own."""

import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from blisko.kit import runner
from config.processes import processes
from tests.database import address_of, template

READY_SECONDS = 100


@dataclass(frozen=True)
class Platform:
    """Where a running platform is, and whom to kill."""

    web: str
    live: str
    database_url: str
    env: Mapping[str, str]
    supervisor: runner.Supervisor
    log: Path

    @property
    def database(self) -> str:
        """The name of its database."""
        return urlsplit(self.database_url).path.removeprefix("/")

    def manage(self, *args: str) -> str:
        """Run a management command against this platform and answer what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "config.cli", *args], env={**os.environ, **self.env}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{args}: {done.stdout}{done.stderr}"
        return done.stdout

    def wait_until_ready(self) -> None:
        """Return once web and live answer HTTP; fail with the end of the log otherwise."""
        until = time.monotonic() + READY_SECONDS
        for url in (self.web, f"{self.live}/healthz"):
            while not _answers(url):
                if time.monotonic() > until:
                    raise AssertionError(f"{url} does not answer; the end of {self.log}:\n{self.log.read_text()[-4000:]}")
                time.sleep(0.1)


@contextmanager
def running(log: Path, **settings: str) -> Iterator[Platform]:
    """Start a platform over a new, migrated database and end both afterwards; `settings` go to its environment."""
    with own_database() as url:
        web, live = runner.free_port(), runner.free_port()
        env = {
            "DATABASE_URL": url,
            "BLISKO_BIND": "127.0.0.1",
            "BLISKO_WEB_PORT": str(web),
            "BLISKO_LIVE_PORT": str(live),
            "BLISKO_PUBLIC_URL": f"http://127.0.0.1:{web}",
            "BLISKO_LIVE_URL": f"http://127.0.0.1:{live}",
            "BLISKO_DEMO": "1",
            **settings,
        }
        with log.open("wb", buffering=0) as out:
            supervisor = runner.Supervisor(processes(env), write=out.write)
            watcher = threading.Thread(target=supervisor.watch)
            watcher.start()
            try:
                platform = Platform(env["BLISKO_PUBLIC_URL"], env["BLISKO_LIVE_URL"], url, env, supervisor, log)
                platform.wait_until_ready()
                yield platform
            finally:
                supervisor.stop()
                watcher.join()


@contextmanager
def own_database() -> Iterator[str]:
    """Make a database with empty tables on the test server, answer its address, and drop it afterwards."""
    name = f"{os.environ.get('BLISKO_TEST_DB', 'test_blisko')}_platform_{uuid.uuid4().hex[:8]}"
    quoted = sql.Identifier(name)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(quoted, sql.Identifier(template())))
        try:
            yield address_of(name)
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(quoted))


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError as refused:
        return refused.code < 500
    except OSError:
        return False
