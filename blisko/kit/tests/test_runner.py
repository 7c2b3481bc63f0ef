"""The runner keeps processes alive and ends them whole."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from blisko.kit import runner

SLEEP = [sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(60)"]
DEAF = [sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"]


@contextmanager
def watched(supervisor: runner.Supervisor) -> Iterator[runner.Supervisor]:
    thread = threading.Thread(target=supervisor.watch)
    thread.start()
    try:
        yield supervisor
    finally:
        supervisor.stop()
        thread.join()


def until(happened: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < end, "waited 10 s in vain"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_killed_process_is_started_again() -> None:
    supervisor = runner.Supervisor([runner.Process("one", SLEEP)], write=lambda line: None)
    with watched(supervisor):
        until(lambda: supervisor.pid("one"))
        first = supervisor.pid("one")
        assert first
        os.kill(first, signal.SIGKILL)
        until(lambda: supervisor.pid("one") not in (None, first))
    assert supervisor.pid("one") is None


def test_process_that_dies_at_once_is_given_longer_and_longer_pauses() -> None:
    supervisor = runner.Supervisor([runner.Process("one", [sys.executable, "-c", "pass"])], write=lambda line: None)
    with watched(supervisor):
        time.sleep(3)
    assert 2 <= supervisor.starts("one") <= 5


def test_children_of_a_killed_process_do_not_outlive_it(tmp_path: Path) -> None:
    noted = tmp_path / "pid"
    parent = f"import subprocess, time; p = subprocess.Popen(['sleep', '60']); open({str(noted)!r}, 'w').write(str(p.pid)); time.sleep(60)"
    supervisor = runner.Supervisor([runner.Process("one", [sys.executable, "-c", parent])], write=lambda line: None)
    with watched(supervisor):
        until(lambda: noted.exists() and noted.read_text())
        child, first = int(noted.read_text()), supervisor.pid("one")
        assert first
        os.kill(first, signal.SIGKILL)
        until(lambda: not alive(child))


def test_process_deaf_to_the_request_to_end_is_killed_after_its_grace() -> None:
    lines: list[bytes] = []
    supervisor = runner.Supervisor([runner.Process("one", DEAF, grace=0.5)], write=lines.append)
    with watched(supervisor):
        until(lambda: lines)
        begun = time.monotonic()
    assert 0.4 < time.monotonic() - begun < 5
    assert lines == [b"one | ready\n"]


def test_process_ends_when_its_supervisor_is_killed(tmp_path: Path) -> None:
    noted = tmp_path / "pid"
    note = f"open({str(noted)!r}, 'w').write(str(os.getpid()))"
    child = f"import os, time; from blisko.kit import runner; runner.end_with_parent(); {note}; time.sleep(60)"
    code = f"import sys; from blisko.kit import runner; runner.Supervisor([runner.Process('one', [sys.executable, '-c', {child!r}])]).run()"
    with subprocess.Popen([sys.executable, "-c", code]) as supervisor:
        until(lambda: noted.exists() and noted.read_text())
        supervisor.kill()
    until(lambda: not alive(int(noted.read_text())))


def test_keeper_that_fails_does_not_stop_the_processes() -> None:
    calls: list[int] = []

    def keep() -> None:
        calls.append(1)
        raise OSError("the server is away")

    supervisor = runner.Supervisor([runner.Process("one", SLEEP)], keep=keep, write=lambda line: None)
    with watched(supervisor):
        until(lambda: len(calls) > 2 and supervisor.pid("one"))


def test_taken_port_is_refused_with_the_name_of_its_owner() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(runner.PortInUse, match=rf"Port {port} is already used by process {os.getpid()}"):
            runner.require_free_port("127.0.0.1", port)
    runner.require_free_port("127.0.0.1", port)
