"""A worker's thread lives for days; the database it spoke to may have been restarted meanwhile."""

from django.db import close_old_connections, connection


def drop_dead_connections() -> None:
    """Let go of connections that died or are too old, before a job begins; inside a transaction nothing happens."""
    if not connection.in_atomic_block:
        close_old_connections()
