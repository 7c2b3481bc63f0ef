"""The ground a bench stands on: a database of its own with fsync on, technicians with phones on shift, a `live` process."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg

from blisko.kit import postgres, runner

ROOT = Path(__file__).resolve().parent.parent
SEED = """
INSERT INTO accounts_user (email, name, language, password, is_active)
SELECT 'bench' || i || '@example.com', 'Bench', 'en', '', true FROM generate_series(1, %(count)s) i;
INSERT INTO field_technician (code, user_id, name, phone, photo, active)
SELECT 'B' || id, id, 'Bench', '', '', true FROM accounts_user WHERE email LIKE 'bench%%';
INSERT INTO field_shift (technician_id, starts_at, ends_at)
SELECT id, now() - interval '12 hours', now() + interval '11 hours' FROM field_technician;
INSERT INTO access_key (kind, holder, opens, scopes, token_hash, label, created_at, created_by)
SELECT 'device', 'technician:' || id, 'bench:' || id, '{}', sha256(('bench-token-' || id)::bytea), '', now(), 'bench' FROM field_technician;
INSERT INTO live_device (technician_id, app, issued_at, key_id)
SELECT t.id, 'traccar', now(), k.id FROM field_technician t JOIN access_key k ON k.opens = 'bench:' || t.id;
ANALYZE;
"""


@contextmanager
def ground(technicians: int) -> Iterator[dict[str, str]]:
    """Answer the environment of a fresh installation with so many technicians on shift; it is gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="blisko-bench-"))
    try:
        url = postgres.database_url(home / "postgres")
        env = os.environ | {"BLISKO_HOME": str(home), "DATABASE_URL": url, "SECRET_KEY": "bench", "BLISKO_CLOCK": ""}
        run = subprocess.run([sys.executable, "-m", "config.cli", "migrate", "--noinput", "-v", "0"], cwd=ROOT, env=env, check=False)
        if run.returncode:
            raise SystemExit("bench: the database could not be made")
        with psycopg.connect(url) as conn:
            for statement in SEED.split(";"):
                if statement.strip():
                    conn.execute(statement, {"count": technicians} if "%(" in statement else None)  # type: ignore[arg-type]
        yield env
    finally:
        postgres.stop(home / "postgres")
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def live(env: dict[str, str]) -> Iterator[tuple[int, psutil.Process]]:
    """Run one `live` process; answer (port, process)."""
    port = runner.free_port()
    process = subprocess.Popen([sys.executable, "-m", "config.cli", "live", "--port", str(port)], cwd=ROOT, env=env)
    try:
        wait_healthy(port, process)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_healthy(port: int, process: subprocess.Popen[Any], seconds: float = 30) -> None:
    """Wait until `live` answers that it knows what it must."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit(f"bench: live ended with {process.returncode}")
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as probe:
                probe.sendall(b"GET /healthz HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n")
                if b" 200 " in probe.recv(200):
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("bench: live did not become healthy")
