"""`blisko region`: prepares real roads from OpenStreetMap extracts, for whoever has no road server."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from blisko.planning.adapters.building import Region, RegionFault, add_region, builder_found, regions_in, remove_region
from config.processes import ROOT

SETUP = ROOT / "tools" / "setup.sh"


def region(args: Sequence[str]) -> int:
    """Add, list or remove a region; answer the exit code."""
    parser = argparse.ArgumentParser(prog="blisko region")
    actions = parser.add_subparsers(dest="action", required=True)
    adding = actions.add_parser("add", help="prepare a region from an OpenStreetMap extract")
    adding.add_argument("file", type=Path, help="an extract, FILE.osm.pbf")
    adding.add_argument("--name", default="", help="its name here; from the file's when left out")
    actions.add_parser("list", help="show the prepared regions")
    actions.add_parser("remove", help="forget a region").add_argument("name")
    options = parser.parse_args(args)
    folder = Path(os.environ.get("BLISKO_HOME") or ROOT / ".blisko") / "regions"
    try:
        if options.action == "add":
            _add(options.file, folder, options.name)
        elif options.action == "remove":
            remove_region(options.name, folder)
            print(f"{options.name} is forgotten; ways in it are estimated.")
        else:
            _show(regions_in(folder))
    except (RegionFault, OSError) as fault:
        print(f"blisko: {fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("blisko: stopped; nothing was changed", file=sys.stderr)
        return 130
    return 0


def _add(file: Path, folder: Path, name: str) -> None:
    if builder_found() is None and SETUP.exists() and file.is_file():
        subprocess.run([str(SETUP), "roads"], check=False, cwd=ROOT)
    began = time.monotonic()

    def say(words: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {words}", flush=True)

    made = add_region(file, folder, now=datetime.now(UTC), name=name, say=say)
    say("done")
    _show([made])


def _show(regions: list[Region]) -> None:
    if not regions:
        print("No region is prepared: ways are estimated. `blisko region add FILE.osm.pbf` prepares one.")
    for one in regions:
        age = f"data of {one.data_at:%Y-%m-%d}" if one.data_at else "data of unknown age"
        box = "{:.2f} {:.2f} to {:.2f} {:.2f}".format(*one.box)
        print(f"{one.name:20} {age}, added {one.built_at:%Y-%m-%d}, {one.bytes / 2**20:,.1f} MB, {box}")
