"""What the front end was built into, as its manifest tells."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def built_files(built: Path, entries: Iterable[str]) -> list[str]:
    """Answer the files in a folder that entries (sources, from the root) bring at once: themselves, what they import, styles, fonts."""
    manifest: dict[str, dict[str, Any]] = json.loads((built / "manifest.json").read_text())
    found: dict[str, None] = {}
    waiting = list(entries)
    while waiting:
        chunk = manifest[waiting.pop(0)]
        found |= dict.fromkeys([chunk["file"], *chunk.get("css", []), *chunk.get("assets", [])])
        waiting += [each for each in chunk.get("imports", []) if manifest[each]["file"] not in found]
    return list(found)
