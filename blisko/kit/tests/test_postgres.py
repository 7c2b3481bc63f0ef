"""The embedded server starts, survives and refuses clearly."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from blisko.kit import postgres
from blisko.kit.postgres_programs import PostgresError


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not in pytest's own folder, which every session closes again to other users, the server's among them.
    with tempfile.TemporaryDirectory(prefix="blisko-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name) / "postgres"
        postgres.stop(Path(name) / "postgres")


def pid_of(folder: Path) -> int:
    pid = postgres.status(folder).pid
    assert pid is not None
    return pid


def wait_until_dead(folder: Path) -> None:
    until = time.monotonic() + 5
    while postgres.status(folder).pid is not None and time.monotonic() < until:
        time.sleep(0.01)


def test_server_answers_and_starts_only_once(folder: Path) -> None:
    url = postgres.database_url(folder, durable=False)
    first = pid_of(folder)
    assert postgres.database_url(folder, durable=False) == url
    assert pid_of(folder) == first
    with psycopg.connect(url) as connection:
        connection.execute("CREATE EXTENSION btree_gist")
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_nobody_else_can_read_the_password_or_reach_the_socket(folder: Path) -> None:
    url = postgres.database_url(folder, durable=False)
    server = postgres.Server(folder)
    assert stat.S_IMODE(server.password_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(server.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
    password = server.password_file.read_text()
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url.replace(password, "wrong"))


def test_killed_server_comes_back_with_what_it_acknowledged(folder: Path) -> None:
    url = postgres.database_url(folder)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (id int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
        os.kill(pid_of(folder), signal.SIGKILL)
        wait_until_dead(folder)
        assert postgres.ensure_running(folder)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)


def test_busy_sessions_of_a_killed_server_do_not_stop_the_new_one(folder: Path) -> None:
    url = postgres.database_url(folder, durable=False)
    query = "SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b"
    busy = f"import psycopg, sys; psycopg.connect(sys.argv[1]).execute('{query}')"
    client = subprocess.Popen([sys.executable, "-c", busy, url], stderr=subprocess.DEVNULL)
    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute("SELECT count(*) FROM pg_stat_activity WHERE state = 'active'").fetchone() == (1,):
            time.sleep(0.05)
    os.kill(pid_of(folder), signal.SIGKILL)
    wait_until_dead(folder)
    assert postgres.Server(folder, durable=False, patience=0.3).ensure()
    assert client.wait(timeout=10) != 0


def test_pid_file_naming_another_program_does_not_stop_the_server(folder: Path) -> None:
    postgres.database_url(folder, durable=False)
    pid_file = postgres.Server(folder).data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    postgres.stop(folder)
    with subprocess.Popen(["sleep", "60"]) as other:
        pid_file.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
        try:
            assert not postgres.status(folder).running
            assert postgres.ensure_running(folder, durable=False)
            assert other.poll() is None
        finally:
            other.kill()


def test_creation_cut_short_is_begun_anew(folder: Path) -> None:
    (folder / "data.new").mkdir(parents=True)
    (folder / "data.new" / "PG_VERSION").write_text("18\n")
    with psycopg.connect(postgres.database_url(folder, durable=False)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_many_processes_start_one_server(folder: Path) -> None:
    code = "import sys, pathlib; from blisko.kit import postgres; print(postgres.database_url(pathlib.Path(sys.argv[1]), durable=False))"
    starters = [subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE) for _ in range(6)]
    said = {starter.communicate(timeout=60)[0] for starter in starters}
    assert [starter.returncode for starter in starters] == [0] * 6
    assert len(said) == 1


def test_data_of_a_version_not_installed_say_what_to_do(folder: Path) -> None:
    data = folder / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("13\n")
    with pytest.raises(PostgresError, match="made by PostgreSQL 13, which is not installed"):
        postgres.database_url(folder)


def test_folder_without_programs_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BLISKO_PGBIN", str(tmp_path))
    with pytest.raises(PostgresError, match="BLISKO_PGBIN"):
        postgres.database_url(tmp_path / "postgres")


def test_very_long_path_still_gets_a_private_socket(folder: Path) -> None:
    deep = folder.parent / ("long" * 25) / "postgres"
    try:
        url = postgres.database_url(deep, durable=False)
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert stat.S_IMODE(postgres.Server(deep).sockets.stat().st_mode) == 0o700
    finally:
        postgres.stop(deep)


def test_backup_brings_back_what_was_lost(folder: Path, tmp_path: Path) -> None:
    url = postgres.database_url(folder, durable=False)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS id")
    postgres.dump(folder, tmp_path / "backup")
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o600
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM kept")
    postgres.restore(folder, tmp_path / "backup")
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)
