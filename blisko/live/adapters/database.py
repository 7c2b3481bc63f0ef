"""Connections of `live`: asynchronous, to the same database as Django's."""

from typing import Any

from django.db import connection
from psycopg import AsyncConnection

WANTED = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey")


async def connect() -> AsyncConnection[Any]:
    """Open a connection that commits by itself."""
    params = connection.get_connection_params()
    return await AsyncConnection.connect(
        **{name: params[name] for name in WANTED if params.get(name)},
        autocommit=True,
        connect_timeout=5,
        application_name="blisko live",
        options="-c TimeZone=UTC -c statement_timeout=10s",
    )
