"""Loaded before Django's settings (see `addopts`): gives tests an embedded PostgreSQL of their own, fast and forgetful."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from blisko.kit import postgres
from blisko.kit.postgres_programs import PostgresError

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".blisko" / "test"
MIGRATE = [sys.executable, "-m", "config.cli", "migrate", "--noinput", "-v", "0"]


def start() -> str:
    """Answer the address of the test server; data that a crash has spoilt are made anew."""
    folder = HOME / "postgres"
    try:
        return postgres.database_url(folder, durable=False)
    except PostgresError:
        server = postgres.Server(folder)
        if server.running() or not (server.data / "PG_VERSION").exists():
            raise
        shutil.rmtree(server.data)
        return postgres.database_url(folder, durable=False)


def template() -> str:
    """Answer the name of a database with every table in it, made when first wanted: a copy takes a moment, migrating half a minute."""
    name = f"blisko_template_{_migrations()}"
    with (HOME / "template.lock").open("w") as lock, psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = [row[0] for row in server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'blisko_template_%'")]
        if name not in known:
            for old in known:
                server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(old)))
            new = f"{name}_new"
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(new)))
            subprocess.run(MIGRATE, env={**os.environ, "DATABASE_URL": address_of(new)}, check=True)
            server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(new), sql.Identifier(name)))
    return name


def address_of(name: str) -> str:
    """Answer the address of another database of the same server."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def _migrations() -> str:
    """Answer a word that is another when a migration of ours or anything installed has changed."""
    told = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for path in sorted(ROOT.glob("blisko/*/migrations/*.py")):
        told.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return told.hexdigest()[:16]


os.environ["BLISKO_HOME"] = str(HOME)
# A server of one's own (CI's, another major version) is named in BLISKO_TEST_DATABASE_URL.
os.environ["DATABASE_URL"] = os.environ.get("BLISKO_TEST_DATABASE_URL") or start()
