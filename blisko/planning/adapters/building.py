"""Regions: road networks prepared from OpenStreetMap extracts, kept as files; no Django here, so that the command line is quick."""

import ctypes
import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from blisko.planning.rules.pbf import HEADER_LIMIT, Extract, NoExtract, extract_of
from blisko.planning.rules.regions import Box, box_of_tiles

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
BUILDER = "valhalla_build_tiles"
# Measured on two extracts: the network with all that is thrown away on the way.
ROOM_PER_BYTE, ROOM_BESIDE = 8, 64 * 2**20
WORK = ".building"
PR_SET_PDEATHSIG = 1
# What the builder says, and what that means to a person.
STAGES = (
    ("Parsing ways", "reading ways"),
    ("Parsing nodes", "reading places"),
    ("Creating graph edges", "joining ways"),
    ("Building ", "building the network"),
    ("Enhancing", "weighing junctions"),
    ("HierarchyBuilder", "lifting main roads"),
    ("finishing and binning", "checking"),
)
Say = Callable[[str], object]


class RegionFault(RuntimeError):
    """The region cannot be prepared; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Region:
    """A prepared region: its name, version (changes with its roads), box (south, west, north, east), age of data, size in bytes."""

    name: str
    version: str
    box: Box
    data_at: datetime | None
    built_at: datetime
    bytes: int

    def tiles(self, folder: Path) -> Path:
        return folder / f"{self.name}-{self.version}.tar"


def regions_in(folder: Path) -> list[Region]:
    """Answer the prepared regions, by name."""
    if not folder.is_dir():
        return []
    return [_read(file) for file in sorted(folder.glob("*.json"))]


def add_region(file: Path, folder: Path, *, now: datetime, name: str = "", builder: Path | None = None, say: Say = print) -> Region:
    """Prepare a region from an extract and put it in the place of an older one of its name, whole or not at all. Raises `RegionFault`."""
    extract = _looked_into(file)
    name = name or re.sub(r"[^a-z0-9]+", "-", file.name.lower().removesuffix(".pbf").removesuffix(".osm").removesuffix("-latest")).strip(
        "-"
    )
    if not NAME.fullmatch(name):
        raise RegionFault(f"'{name}' is no name for a region: use small letters, digits and hyphens (--name).")
    program = builder or builder_found()
    if program is None:
        raise RegionFault(f"{BUILDER} is not here: run tools/setup.sh roads, or point BLISKO_VALHALLA_BUILDER to it.")
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder) as work:
        _require_room(file, folder)
        old = [region for region in regions_in(folder) if region.name == name]
        tiles = _built(program, file, work, say)
        packed = work / "tiles.tar"
        found = _packed(tiles, packed)
        box = box_of_tiles(found, extract.box)
        if box is None:
            raise RegionFault(f"{file} holds no roads.")
        version = _digest(packed)
        region = Region(name, version, box, extract.data_at, now, packed.stat().st_size)
        os.replace(packed, region.tiles(folder))
        described = work / "region.json"
        _write_down(described, msgspec.json.encode(region))
        os.replace(described, folder / f"{name}.json")
        for gone in old:
            if gone.version != version:
                gone.tiles(folder).unlink(missing_ok=True)
    return region


def remove_region(name: str, folder: Path) -> None:
    """Forget a region; ways in it are estimated again. Raises `RegionFault`."""
    for region in regions_in(folder):
        if region.name == name:
            (folder / f"{name}.json").unlink()
            region.tiles(folder).unlink(missing_ok=True)
            return
    raise RegionFault(f"There is no region '{name}'.")


def builder_found() -> Path | None:
    """Answer the program that builds networks: a chosen one, the one of our own Valhalla, what setup laid beside it, or Debian's."""
    chosen = os.environ.get("BLISKO_VALHALLA_BUILDER")
    spec = find_spec("valhalla")
    ours = Path(spec.origin).parent / "bin" / BUILDER if spec and spec.origin else None
    beside = Path(sys.prefix) / "share" / "valhalla" / "valhalla" / "bin" / BUILDER
    installed = shutil.which(BUILDER)
    for program in (chosen, ours, beside, installed):
        if program and os.access(program, os.X_OK):
            return Path(program)
    return None


def _read(file: Path) -> Region:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Region)
    except (OSError, msgspec.MsgspecError) as fault:
        raise RegionFault(f"{file} cannot be read ({fault}): remove it and add the region again.") from fault


def _looked_into(file: Path) -> Extract:
    if not file.is_file():
        raise RegionFault(f"There is no file {file}.")
    try:
        with file.open("rb") as source:
            return extract_of(source.read(2 * HEADER_LIMIT))
    except NoExtract as fault:
        raise RegionFault(f"{file} is no OpenStreetMap extract (.osm.pbf): {fault}.") from fault
    except OSError as fault:
        raise RegionFault(f"{file} cannot be read: {fault.strerror}.") from fault


def _require_room(file: Path, folder: Path) -> None:
    wanted = ROOM_BESIDE + file.stat().st_size * ROOM_PER_BYTE
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise RegionFault(f"Not enough room on the disk of {folder}: {_size(wanted)} are needed, {_size(free)} are free.")


@contextmanager
def _alone(folder: Path) -> Iterator[Path]:
    """Answer an empty folder to work in, ours alone; what a killed predecessor left in it, or beside it, is swept away."""
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RegionFault("Another region is being prepared just now; try again when it is done.") from None
        work = folder / WORK
        shutil.rmtree(work, ignore_errors=True)
        kept = {region.tiles(folder) for region in regions_in(folder)}
        for stray in set(folder.glob("*.tar")) - kept:
            stray.unlink()
        work.mkdir()
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _built(program: Path, file: Path, work: Path, say: Say) -> Path:
    tiles = work / "tiles"
    tiles.mkdir()
    settings = work / "valhalla.json"
    settings.write_bytes(msgspec.json.encode(_settings(tiles)))
    libc = ctypes.CDLL(None, use_errno=True)
    with (work / "said").open("w+") as kept:
        running = subprocess.Popen(  # noqa: S603  a program of our own installation
            [str(program), "-c", str(settings), str(file.resolve())],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            # Whoever kills us ends the builder, too.
            preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL),  # noqa: PLW1509
        )  # fmt: skip
        try:
            _follow(running, kept.write, say)
        except BaseException:
            running.kill()
            raise
        finally:
            running.wait()
        if running.returncode:
            kept.seek(0)
            last = "\n".join(kept.read().splitlines()[-5:])
            raise RegionFault(f"{BUILDER} failed ({running.returncode}):\n{last}")
    return tiles


def _follow(running: "subprocess.Popen[str]", keep: Callable[[str], object], say: Say) -> None:
    told: set[str] = set()
    for line in running.stdout or ():
        keep(line)
        for sign, words in STAGES:
            if sign in line and words not in told:
                told.add(words)
                say(words)


def _settings(tiles: Path) -> dict[str, Any]:
    """Answer what the builder must be told; the rest are its own defaults."""
    return {
        "mjolnir": {
            "tile_dir": str(tiles), "concurrency": max(1, (os.cpu_count() or 2) - 1), "id_table_size": 1_300_000_000,
            "hierarchy": True, "shortcuts": True, "include_driving": True, "include_pedestrian": False, "include_bicycle": False,
            "include_driveways": True, "include_construction": False, "include_platforms": False, "import_bike_share_stations": False,
            "reclassify_links": True, "global_synchronized_cache": False, "max_cache_size": 512_000_000, "transit_dir": "",
            "transit_feeds_dir": "", "admin": "", "timezone": "", "logging": {"type": "std_out", "color": False},
            "data_processing": {
                "infer_internal_intersections": True, "infer_turn_channels": True, "apply_country_overrides": True,
                "use_urban_tag": False, "use_rest_area": False, "use_admin_db": False, "scan_tar": False,
            },
        }
    }  # fmt: skip


def _packed(tiles: Path, packed: Path) -> list[str]:
    """Put the tiles into one file that processes map and share; answer their names."""
    names = sorted(str(file.relative_to(tiles)) for file in tiles.rglob("*.gph"))
    with packed.open("wb") as out:
        with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for name in names:
                entry = tar.gettarinfo(tiles / name, arcname=name)
                entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = 0, 0, 0, "", ""
                with (tiles / name).open("rb") as source:
                    tar.addfile(entry, source)
        out.flush()
        os.fsync(out.fileno())
    return names


def _write_down(file: Path, words: bytes) -> None:
    with file.open("wb") as out:
        out.write(words)
        out.flush()
        os.fsync(out.fileno())


def _digest(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()[:12]


def _size(count: int) -> str:
    return f"{count / 2**20:,.0f} MB" if count < 2**30 else f"{count / 2**30:,.1f} GB"
