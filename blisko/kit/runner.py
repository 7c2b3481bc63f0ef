"""Keeps processes running: starts them, prefixes what they print, restarts the dead, stops all in good time (Linux)."""

import contextlib
import ctypes
import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

log = logging.getLogger(__name__)

LOOK_EVERY = 0.25  # seconds between two looks at the processes
SHORTEST_PAUSE = 0.2  # seconds before a first restart, doubled for each one that follows at once
LONGEST_PAUSE = 10.0
SETTLED_AFTER = 20.0  # seconds of life after which a death counts as the first again
PARENT_VARIABLE = "BLISKO_PARENT"
PR_SET_PDEATHSIG = 1


class PortInUse(RuntimeError):
    """Somebody already listens there; the text says who."""


@dataclass(frozen=True)
class Process:
    """One process to keep: its name in the log, its command, what it adds to the environment, seconds to end in peace."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    grace: float = 15.0


@dataclass
class _Kept:
    process: Process
    running: subprocess.Popen[bytes] | None = None
    born: float = 0.0
    next_start: float = 0.0
    pause: float = SHORTEST_PAUSE
    starts: int = 0


class Supervisor:
    """Keeps `processes` alive between start() and stop(); `keep` is called at every look and may raise.

    `write` receives finished lines (bytes, with their newline). Who dies again and again is started after ever longer pauses, up to
    `longest_pause` seconds.
    """

    def __init__(
        self,
        processes: Sequence[Process],
        *,
        keep: Callable[[], object] | None = None,
        write: Callable[[bytes], object] | None = None,
        prefix: bool = True,
        longest_pause: float = LONGEST_PAUSE,
    ) -> None:
        self._kept = {process.name: _Kept(process) for process in processes}
        self._keep = keep
        self._write = write or _to_stdout
        self._prefix = prefix
        self._longest_pause = longest_pause
        self._width = max((len(process.name) for process in processes), default=0)
        self._stopping = threading.Event()
        self._hurry = threading.Event()
        self._keeper_fault = ""

    def pid(self, name: str) -> int | None:
        """The process id of `name`, or None while it is down."""
        running = self._kept[name].running
        return running.pid if running and running.poll() is None else None

    def starts(self, name: str) -> int:
        """How often `name` has been started."""
        return self._kept[name].starts

    def run(self) -> int:
        """Keep everything running until SIGTERM or SIGINT (a second one ends at once); answer the exit code."""
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, self._on_signal)
        self.watch()
        return 0

    def watch(self) -> None:
        """Keep everything running until stop() is called from another thread, then end it all."""
        while not self._stopping.is_set():
            self.look()
            self._stopping.wait(LOOK_EVERY)
        self._end_all()

    def look(self) -> None:
        """Start what is due and note what died since the last look."""
        self._call_keeper()
        for kept in self._kept.values():
            if kept.running is not None and kept.running.poll() is not None:
                self._bury(kept)
            if kept.running is None and time.monotonic() >= kept.next_start and not self._stopping.is_set():
                self._start(kept)

    def stop(self) -> None:
        """Ask watch() to end."""
        self._stopping.set()

    def _on_signal(self, number: int, frame: object) -> None:
        if self._stopping.is_set():
            self._hurry.set()
        self._stopping.set()

    def _call_keeper(self) -> None:
        if self._keep is None:
            return
        try:
            self._keep()
            self._keeper_fault = ""
        except Exception as fault:  # noqa: BLE001  a keeper that fails is tried again at the next look
            if str(fault) != self._keeper_fault:
                self._keeper_fault = str(fault)
                log.error("%s", fault)

    def _start(self, kept: _Kept) -> None:
        kept.born = time.monotonic()
        kept.starts += 1
        kept.running = subprocess.Popen(  # noqa: S603  commands come from the code
            list(kept.process.command),
            env={**os.environ, **kept.process.env, PARENT_VARIABLE: str(os.getpid()), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # its whole family can be ended as one group
        )
        pipe = kept.running.stdout
        assert pipe is not None
        threading.Thread(target=self._copy, args=(kept.process.name, pipe), daemon=True).start()
        log.info("%s started (pid %s)", kept.process.name, kept.running.pid)

    def _copy(self, name: str, pipe: IO[bytes]) -> None:
        head = f"{name:<{self._width}} | ".encode() if self._prefix else b""
        with pipe:
            for line in pipe:
                self._write(head + line.rstrip(b"\n") + b"\n")

    def _bury(self, kept: _Kept) -> None:
        assert kept.running is not None
        code = kept.running.returncode
        # Workers of a killed server would keep its port, with nobody to stop them.
        _signal_group(kept.running.pid, signal.SIGKILL)
        now = time.monotonic()
        if now - kept.born > SETTLED_AFTER:
            kept.pause = SHORTEST_PAUSE
        kept.next_start = now + kept.pause
        said = f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
        log.warning("%s %s, starting it again in %.1f s", kept.process.name, said, kept.pause)
        kept.pause = min(kept.pause * 2, self._longest_pause)
        kept.running = None

    def _end_all(self) -> None:
        living = [kept for kept in self._kept.values() if kept.running is not None]
        for kept in living:
            assert kept.running is not None
            with contextlib.suppress(ProcessLookupError):
                kept.running.terminate()
        begun = time.monotonic()
        for kept in living:
            assert kept.running is not None
            while kept.running.poll() is None and not self._hurry.is_set() and time.monotonic() < begun + kept.process.grace:
                time.sleep(0.02)
            if kept.running.poll() is None:
                log.warning("%s did not end in %.0f s and is killed", kept.process.name, time.monotonic() - begun)
            _signal_group(kept.running.pid, signal.SIGKILL)
            kept.running.wait()
            kept.running = None


def end_with_parent() -> None:
    """Make the kernel end this process (also after exec) when the supervisor that started it dies."""
    parent = os.environ.pop(PARENT_VARIABLE, "")
    if not parent:
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):
        sys.exit("The supervisor died while this process was starting.")


def require_free_port(host: str, port: int, *, wait: float = 0.0) -> None:
    """Return once `port` is free to listen on; raise PortInUse, saying who has it, after `wait` seconds."""
    until = time.monotonic() + wait
    while not _is_free(host, port):
        if time.monotonic() >= until:
            who = _listener(port)
            raise PortInUse(f"Port {port} is already used by {who}. Stop it or choose another port.")
        time.sleep(0.1)


def free_port(host: str = "127.0.0.1") -> int:
    """A port nobody listens on at this moment, and which no system hands to an outgoing line meanwhile (those begin at 32768)."""
    while not _is_free(host, port := 12_000 + secrets.randbelow(20_000)):
        pass
    return port


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # Without SO_REUSEPORT: with it a second server starts silently and the two share the visitors.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def _listener(port: int) -> str:
    """Name the program listening on `port`, as far as we may see it."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                parts = line.split()
                if parts[3] == "0A" and int(parts[1].rpartition(":")[2], 16) == port:
                    inodes.add(f"socket:[{parts[9]}]")
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if any(os.readlink(handle) in inodes for handle in (process / "fd").iterdir()):
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                return f"process {process.name} ({command[:120]})"
    return "a process of another user"


def _signal_group(leader: int, sign: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, sign)


def _to_stdout(line: bytes) -> None:
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
