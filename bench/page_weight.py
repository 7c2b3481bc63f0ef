"""How heavy is the customer's page? HTML, CSS and JavaScript a telephone fetches before the map, gzip, against 60 kB.

Run: `python -m bench.page_weight` (needs `npm run build`; works on a database of its own).
"""

import gzip
import json
import subprocess
import sys
from pathlib import Path

from bench.ground import ground
from blisko.live.rules.app import APP
from blisko.ui.built import built_files

ROOT = Path(__file__).resolve().parent.parent
TARGET = 60_000
BUILT = ROOT / "build" / "static"


def loaded_first(*entries: str) -> list[str]:
    """Answer the files that entries bring at once, fonts aside: text is shown before they are there."""
    return [file for file in built_files(BUILT, entries) if not file.endswith(".woff2")]


def zipped(content: bytes) -> int:
    return len(gzip.compress(content, 6))


def technicians_app() -> dict[str, int]:
    """Answer what the frame of the technician's app is made of (styles, scripts, every island of his pages) and its size, gzip."""
    files = loaded_first(*APP, "blisko/live/islands/offline.ts")
    return {file: zipped((BUILT / file).read_bytes()) for file in files}


def main() -> int:
    """Print the weight and answer whether it is under the target."""
    manifest = json.loads((BUILT / "manifest.json").read_text())
    files = loaded_first("blisko/ui/islands/blisko.css", "blisko/ui/islands/customer.ts")
    # The drawing of the map comes at once, too, when there is one on the page; its picture after first paint, MapLibre when it is touched.
    islands = loaded_first("blisko/ui/islands/blisko-map.ts")
    with ground(0) as env:
        command = [sys.executable, "-W", "ignore", "-m", "bench.customer_page"]
        page = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
    rows = [("page on the way, Polish (HTML)", zipped(page.stdout))]
    rows += [(file, zipped((BUILT / file).read_bytes())) for file in files]
    rows += [(file, zipped((BUILT / file).read_bytes())) for file in islands if file not in files]
    total = sum(size for _, size in rows)
    for name, size in rows:
        print(f"{size / 1000:7.1f} kB  {name}")
    print(f"{total / 1000:7.1f} kB  in all before the map, gzip; target under {TARGET / 1000:.0f} kB: {'yes' if total < TARGET else 'NO'}")
    picture = [chunk["file"] for name, chunk in manifest.items() if name.endswith("/still.ts")]
    picture += [file.relative_to(BUILT) for file in BUILT.glob("assets/drawer-*.js")]
    for file in picture:
        print(f"{zipped((BUILT / str(file)).read_bytes()) / 1000:7.1f} kB  {file} (after first paint)")
    for file in [chunk["file"] for name, chunk in manifest.items() if name.endswith("basemap.ts")]:
        print(f"{zipped((BUILT / str(file)).read_bytes()) / 1000:7.1f} kB  {file} (when the map is taken in hand)")
    fonts = sorted(BUILT.glob("assets/*latin*.woff2"))
    for font in fonts:
        print(f"{font.stat().st_size / 1000:7.1f} kB  {font.name} (font, shown when there)")
    return 0 if total < TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
