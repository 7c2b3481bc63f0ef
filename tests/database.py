"""Loaded before Django's settings (see `addopts`): gives tests an embedded PostgreSQL of their own, fast and forgetful."""

import os
import shutil
from pathlib import Path

from blisko.kit import postgres
from blisko.kit.postgres_programs import PostgresError

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".blisko" / "test"


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


os.environ["BLISKO_HOME"] = str(HOME)
# A server of one's own (CI's, another major version) is named in BLISKO_TEST_DATABASE_URL.
os.environ["DATABASE_URL"] = os.environ.get("BLISKO_TEST_DATABASE_URL") or start()
