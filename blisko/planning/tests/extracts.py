"""OpenStreetMap extracts for tests: real ones when they lie beside the checkout, and files that only look like one."""

import os
import struct
import zlib
from pathlib import Path

import pytest

from blisko.planning.adapters.building import builder_found

ROOT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("BLISKO_DATA", ROOT.parent / "shared" / "data"))


def real_extract(name: str) -> Path:
    """Answer a real extract; skip the test, saying why, when it or the program that reads it is not here."""
    file = DATA / "osm" / f"{name}.osm.pbf"
    if not file.is_file():
        pytest.skip(f"no OpenStreetMap extract {file} (set BLISKO_DATA)")
    if builder_found() is None:
        pytest.skip("Valhalla's programs are not installed (tools/setup.sh roads)")
    return file


def header(
    *, box: tuple[float, float, float, float] | None = None, made: int = 0, packed: bool = True, kind: bytes = b"OSMHeader"
) -> bytes:
    """Answer the first bytes of an extract that says of itself only what is given."""
    words = b""
    if box is not None:
        south, west, north, east = box
        words += _bytes(1, b"".join(_number(number, _zigzag(value)) for number, value in ((1, west), (2, east), (3, north), (4, south))))
    words += _bytes(4, b"OsmSchema-V0.6")
    if made:
        words += _number(32, made)
    blob = _number(2, len(words)) + _bytes(3, zlib.compress(words)) if packed else _bytes(1, words)
    blob_header = _bytes(1, kind) + _number(3, len(blob))
    return struct.pack(">I", len(blob_header)) + blob_header + blob


def _zigzag(degrees: float) -> int:
    value = round(degrees * 1e9)
    return (value << 1) ^ (value >> 63)


def _varint(value: int) -> bytes:
    words = b""
    while value > 127:
        words += bytes([value & 127 | 128])
        value >>= 7
    return words + bytes([value])


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _bytes(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(value)) + value
