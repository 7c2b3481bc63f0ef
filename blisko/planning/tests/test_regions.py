"""Regions are prepared whole or not at all, refused in plain words, and used without a restart (F6)."""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from blisko.planning.adapters.building import RegionFault, add_region, builder_found, regions_in, remove_region
from blisko.planning.adapters.regions import RegionRoads
from blisko.planning.rules.ways import Point, Trouble
from blisko.planning.tests.extracts import ROOT, header, real_extract

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
VADUZ, BALZERS, HEIDELBERG = Point(47.1410, 9.5209), Point(47.0660, 9.5020), Point(49.4093, 8.6940)
# Says and leaves behind what the real builder does; the tile holds what the extract's name is.
BUILDER = """#!{python}
import json, pathlib, sys, time
tiles = pathlib.Path(json.load(open(sys.argv[2]))["mjolnir"]["tile_dir"])
print("[INFO] Parsing ways...", flush=True)
{more}
(tiles / "2/000/789").mkdir(parents=True)
(tiles / "2/000/789/877.gph").write_text(sys.argv[3])
"""


class Ground(NamedTuple):
    """A folder for regions and an extract that only looks like one."""

    folder: Path
    extract: Path

    def builder(self, more: str = "") -> Path:
        file = self.extract.with_name("builder")
        file.write_text(BUILDER.format(python=sys.executable, more=more))
        file.chmod(0o755)
        return file


def hush(words: str) -> None:
    """Say nothing."""


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    extract = tmp_path / "Lower-Town_latest.osm.pbf"
    extract.write_bytes(header(made=int(NOW.timestamp())))
    return Ground(tmp_path / "home" / "regions", extract)


def files(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()} - {".lock"}


def test_region_is_named_after_its_file_and_says_its_age_and_place(ground: Ground) -> None:
    said: list[str] = []
    region = add_region(ground.extract, ground.folder, now=NOW, builder=ground.builder(), say=said.append)
    assert (region.name, region.data_at, region.box) == ("lower-town-latest", NOW, (47.0, 9.25, 47.25, 9.5))
    assert regions_in(ground.folder) == [region]
    assert said == ["reading ways"]
    assert files(ground.folder) == {"lower-town-latest.json", region.tiles(ground.folder).name}


def test_region_added_again_takes_the_place_of_the_old_one(ground: Ground) -> None:
    first = add_region(ground.extract, ground.folder, now=NOW, name="town", builder=ground.builder(), say=hush)
    same = add_region(ground.extract, ground.folder, now=NOW, name="town", builder=ground.builder(), say=hush)
    assert same.version == first.version
    newer = ground.extract.with_name("newer.pbf")
    shutil.copy(ground.extract, newer)
    second = add_region(newer, ground.folder, now=NOW, name="town", builder=ground.builder(), say=hush)
    assert second.version != first.version
    assert files(ground.folder) == {"town.json", second.tiles(ground.folder).name}


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (None, "", "There is no file"),
        (b"<osm version='0.6'>", "", "is no OpenStreetMap extract"),
        (header(), "../../etc", "is no name for a region"),
    ],
    ids=["no file", "no extract", "no name"],
)
def test_what_cannot_be_prepared_is_refused_in_words(ground: Ground, content: bytes | None, name: str, words: str) -> None:
    file = ground.extract.with_name("other.osm.pbf")
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(RegionFault, match=words):
        add_region(file, ground.folder, now=NOW, name=name, builder=ground.builder(), say=hush)
    assert regions_in(ground.folder) == []


def test_full_disk_is_told_before_the_work_begins(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(10**9, 10**9 - 10**6, 10**6))
    with pytest.raises(RegionFault, match=r"Not enough room on the disk of .*: 64 MB are needed, 1 MB are free"):
        add_region(ground.extract, ground.folder, now=NOW, builder=ground.builder(), say=hush)


@pytest.mark.parametrize(
    ("more", "words"), [("sys.exit('the extract is torn')", "failed .1.:(.|\n)*the extract is torn"), ("sys.exit(0)", "holds no roads")]
)
def test_builder_that_fails_leaves_the_region_as_it_was(ground: Ground, more: str, words: str) -> None:
    before = add_region(ground.extract, ground.folder, now=NOW, name="town", builder=ground.builder(), say=hush)
    with pytest.raises(RegionFault, match=words):
        add_region(ground.extract, ground.folder, now=NOW, name="town", builder=ground.builder(more), say=hush)
    assert regions_in(ground.folder) == [before]
    assert files(ground.folder) == {"town.json", before.tiles(ground.folder).name}


def test_only_one_region_is_prepared_at_a_time(ground: Ground) -> None:
    ground.folder.mkdir(parents=True)
    with (ground.folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(RegionFault, match="Another region is being prepared"):
            add_region(ground.extract, ground.folder, now=NOW, builder=ground.builder(), say=hush)


@pytest.mark.faults
def test_killed_in_the_middle_it_leaves_no_region_no_builder_and_no_obstacle(ground: Ground) -> None:
    builder = ground.builder("pathlib.Path(sys.argv[3] + '.pid').write_text(str(__import__('os').getpid())); time.sleep(60)")
    env = os.environ | {"BLISKO_HOME": str(ground.folder.parent), "BLISKO_VALHALLA_BUILDER": str(builder)}
    command = [sys.executable, "-m", "config.cli", "region", "add", str(ground.extract), "--name", "town"]
    adding = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    mark = Path(f"{ground.extract}.pid")
    until = time.monotonic() + 30
    while not (mark.exists() and mark.read_text()):
        assert time.monotonic() < until and adding.poll() is None
        time.sleep(0.05)
    adding.send_signal(signal.SIGKILL)
    adding.wait()
    assert regions_in(ground.folder) == []
    for _ in range(100):
        with contextlib.suppress(FileNotFoundError):
            if "State:\tZ" not in Path(f"/proc/{mark.read_text()}/status").read_text():
                time.sleep(0.05)
                continue
        break
    else:
        pytest.fail("the builder outlived the command that started it")
    region = add_region(ground.extract, ground.folder, now=NOW, name="town", builder=ground.builder(), say=hush)
    assert files(ground.folder) == {"town.json", region.tiles(ground.folder).name}


def test_removed_region_is_gone_and_an_unknown_one_is_refused(ground: Ground) -> None:
    add_region(ground.extract, ground.folder, now=NOW, name="town", builder=ground.builder(), say=hush)
    remove_region("town", ground.folder)
    assert files(ground.folder) == set()
    with pytest.raises(RegionFault, match="There is no region 'town'"):
        remove_region("town", ground.folder)


def test_chosen_builder_goes_before_our_own(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLISKO_VALHALLA_BUILDER", str(ground.builder()))
    assert builder_found() == ground.builder()


def command(home: Path, *args: str) -> tuple[int, str]:
    """Run `blisko region …` and answer its exit code and all it said."""
    env = os.environ | {"BLISKO_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-m", "config.cli", "region", *args], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_command_line_adds_lists_and_removes_a_real_region(tmp_path: Path) -> None:
    extract = real_extract("liechtenstein")
    roads = RegionRoads(str(tmp_path / "regions"))
    assert roads.leg(VADUZ, BALZERS, at=NOW).estimated
    code, said = command(tmp_path, "list")
    assert code == 0 and "No region is prepared" in said
    code, said = command(tmp_path, "add", str(extract))
    assert code == 0 and "building the network" in said and "liechtenstein        data of 2015-07-27" in said
    assert not roads.leg(VADUZ, BALZERS, at=NOW).estimated, "a region counts at once"
    assert (roads.seen().region, roads.seen().estimated) == ("liechtenstein", False)
    assert "liechtenstein" in command(tmp_path, "list")[1]
    assert command(tmp_path, "remove", "liechtenstein")[0] == 0
    assert roads.leg(VADUZ, BALZERS, at=NOW).estimated and roads.seen().estimated
    code, said = command(tmp_path, "remove", "liechtenstein")
    assert code == 1 and "There is no region" in said


def test_ways_between_two_regions_are_estimated_and_within_each_are_known(tmp_path: Path) -> None:
    for name in ("liechtenstein", "heidelberg"):
        add_region(real_extract(name), tmp_path, now=NOW, say=hush)
    roads = RegionRoads(str(tmp_path))
    table = roads.matrix([VADUZ, BALZERS, HEIDELBERG], [BALZERS, HEIDELBERG], at=NOW)
    assert table.estimated.tolist() == [[False, True], [False, True], [True, False]]
    assert roads.leg(VADUZ, HEIDELBERG, at=NOW).estimated
    assert roads.seen().region == "heidelberg, liechtenstein"


@pytest.mark.parametrize("broken", ["tiles torn", "tiles gone", "description torn"])
def test_broken_region_means_estimates_that_say_so(ground: Ground, broken: str, caplog: pytest.LogCaptureFixture) -> None:
    region = add_region(ground.extract, ground.folder, now=NOW, name="town", builder=ground.builder(), say=hush)
    if broken == "tiles gone":
        region.tiles(ground.folder).unlink()
    elif broken == "tiles torn":
        region.tiles(ground.folder).write_bytes(b"torn")
    else:
        (ground.folder / "town.json").write_text("{")
    roads = RegionRoads(str(ground.folder))
    leg = roads.leg(VADUZ, BALZERS, at=NOW)
    assert leg.estimated
    table = roads.matrix([VADUZ], [BALZERS], at=NOW)
    assert table.by_estimate
    if broken != "tiles torn":
        assert leg.trouble is table.trouble is roads.seen().trouble is Trouble.BROKEN
        assert "estimated" in caplog.text or "add the region again" in caplog.text
