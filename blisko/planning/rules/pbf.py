"""The first bytes of an OpenStreetMap extract (.osm.pbf): what it covers and how old it is."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

HEADER_LIMIT = 64 * 1024  # bytes; what the format allows a header to have
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


@dataclass(frozen=True, slots=True)
class Extract:
    """What an extract says of itself. `box`: south, west, north, east in degrees; None when it does not say."""

    box: tuple[float, float, float, float] | None
    data_at: datetime | None


class NoExtract(ValueError):
    """These bytes do not begin an .osm.pbf file."""


def extract_of(beginning: bytes) -> Extract:
    """Answer what the first bytes of a file say; refuse `NoExtract`."""
    try:
        return _extract(beginning)
    except (struct.error, IndexError, KeyError, zlib.error, OverflowError, ValueError) as fault:
        raise NoExtract(str(fault)) from fault


def _extract(beginning: bytes) -> Extract:
    (length,) = struct.unpack(">I", beginning[:4])
    if length > HEADER_LIMIT:
        raise NoExtract("its header is too long")
    blob_header = dict(_fields(beginning[4 : 4 + length]))
    if blob_header[1] != b"OSMHeader":
        raise NoExtract("it does not begin with an OSMHeader")
    body = beginning[4 + length : 4 + length + int(blob_header[3])]
    blob = dict(_fields(body))
    header = dict(_fields(blob[1] if 1 in blob else zlib.decompress(blob[3])))
    made = int(header.get(32, 0))
    return Extract(_box(header[1]) if 1 in header else None, datetime.fromtimestamp(made, UTC) if made else None)


def _box(words: bytes) -> tuple[float, float, float, float]:
    west, east, north, south = (_signed(dict(_fields(words))[number]) / 1e9 for number in (1, 2, 3, 4))
    return south, west, north, east


def _fields(words: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (number, value) of a protobuf message; numbers come as their digits, so that `int` reads them."""
    at = 0
    while at < len(words):
        tag, at = _varint(words, at)
        number, kind = tag >> 3, tag & 7
        if kind == _VARINT:
            value, at = _varint(words, at)
            yield number, str(value).encode()
        elif kind == _BYTES:
            size, at = _varint(words, at)
            if at + size > len(words):
                raise NoExtract("it ends too early")
            yield number, words[at : at + size]
            at += size
        elif kind in (_FIXED64, _FIXED32):
            at += 8 if kind == _FIXED64 else 4
        else:
            raise NoExtract("it is written in no way we know")


def _varint(words: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = words[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _signed(value: bytes) -> int:
    number = int(value)
    return (number >> 1) ^ -(number & 1)
