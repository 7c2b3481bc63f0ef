"""The part of the city that a driver needs, kept on disk because growing a city takes a quarter of a minute."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import msgspec

from blisko.simulator.rules.city import VERSION, City, Road, make_city
from blisko.simulator.rules.geometry import Point
from blisko.simulator.rules.naming import Address
from blisko.simulator.rules.streets import Streets


@dataclass
class Atlas:
    """Streets and addresses of a generated city."""

    nodes: list[Point]
    roads: list[Road]
    addresses: list[Address]

    def streets(self) -> Streets:
        """The streets as a graph."""
        return Streets(cast(City, self))  # it asks for nodes and roads alone


def atlas_of(folder: Path, seed: int) -> Atlas:
    """Answer the atlas of a seed's city, from the folder when this generator has already put it there."""
    file = folder / f"atlas-{seed}-{VERSION}.msgpack"
    if file.exists():
        return msgspec.msgpack.decode(file.read_bytes(), type=Atlas)
    city = make_city(seed)
    atlas = Atlas(city.nodes, city.roads, city.addresses)
    folder.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_bytes(msgspec.msgpack.encode(atlas))
    draft.replace(file)
    return atlas
