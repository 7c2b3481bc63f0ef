"""Tiles of a local .mbtiles file, read by any number of threads."""

import sqlite3
import threading
from functools import lru_cache
from pathlib import Path

from django.conf import settings

_readers = threading.local()


def has_map() -> bool:
    """Answer whether there is a basemap: a file that exists, or a tile server's address."""
    return bool(settings.BLISKO_MAP_URL) or (bool(settings.BLISKO_MAP_FILE) and Path(settings.BLISKO_MAP_FILE).is_file())


def _reader(path: str) -> sqlite3.Connection:
    """Answer this thread's own read-only connection to the file as it now is."""
    key = (path, Path(path).stat().st_mtime_ns)
    if getattr(_readers, "key", None) != key:
        _readers.conn = sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)
        _readers.key = key
    conn: sqlite3.Connection = _readers.conn
    return conn


def tile(path: str, z: int, x: int, y: int) -> bytes | None:
    """Answer the stored tile (usually gzip) at XYZ coordinates, or None; the file counts rows from the south (TMS)."""
    if not 0 <= z <= 24 or not (0 <= x < 1 << z and 0 <= y < 1 << z):
        return None
    query = "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"
    row = _reader(path).execute(query, (z, x, (1 << z) - 1 - y)).fetchone()
    return bytes(row[0]) if row else None


def facts(path: str) -> dict[str, str]:
    """Answer the file's own metadata (name, bounds, minzoom, maxzoom, attribution and so on)."""
    return _facts(path, Path(path).stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _facts(path: str, _changed: int) -> dict[str, str]:
    return {str(name): str(value) for name, value in _reader(path).execute("SELECT name, value FROM metadata")}
