"""Add an app to the house: its frame, its floor in the contracts, its line in the settings, on the map and in the words.

Run `python -m tools.add_app desk --above live --says "the agent's workplace"`, or `--beside voice` for a stranger on the same floor.
"""

import argparse
import re
import sys
from pathlib import Path

from tools.contracts import FLOORS_SECTION, floors

BEGIN, END = "floors: begin", "floors: end"


class CannotAdd(Exception):
    """The house cannot take this app as it was asked for."""


def add_app(root: Path, name: str, neighbour: str, says: str, *, beside: bool = False) -> list[str]:
    """Write the app `name` into the tree at `root`, on a floor of its own above `neighbour`'s or beside it; answer the paths written."""
    row = _row_of(root, name, neighbour)
    sentence = says.strip().rstrip(".")
    if not sentence:
        raise CannotAdd("Say in a sentence what the app is for.")
    frame = {
        "__init__.py": f'"""{sentence[0].upper()}{sentence[1:]}."""\n',
        "apps.py": f'from django.apps import AppConfig\n\n\nclass {_camel(name)}Config(AppConfig):\n    name = "blisko.{name}"\n',
        "tests/__init__.py": "",
    }
    changed = {
        ".importlinter": _with_floor((root / ".importlinter").read_text(), name, row, beside),
        "config/settings.py": _with_line(root, "config/settings.py", f'"blisko.{name}",', [f'"blisko.{app}",' for app in row]),
        "docs/map.md": _with_line(root, "docs/map.md", f"| {name} | {sentence} |", [f"| {app} |" for app in row]),
        "docs/words.md": _with_line(root, "docs/words.md", f"| {name} | {sentence} |", [f"| {app} |" for app in row]),
    }
    changed |= {f"blisko/{name}/{file}": text for file, text in frame.items()}
    for path, text in changed.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return list(changed)


def _row_of(root: Path, name: str, neighbour: str) -> list[str]:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise CannotAdd(f"`{name}` is not a name for a package: lower-case letters, digits and _.")
    rows = floors(root)
    if (root / "blisko" / name).exists() or any(name in row for row in rows):
        raise CannotAdd(f"The house already has an app `{name}`.")
    for row in rows:
        if neighbour in row:
            return row
    raise CannotAdd(f"There is no app `{neighbour}`; there are {', '.join(app for row in rows for app in row)}.")


def _with_floor(text: str, name: str, row: list[str], beside: bool) -> str:
    head, section, rest = text.partition(f"[{FLOORS_SECTION}]")
    old = "    " + " | ".join(row) + "\n"
    new = old.rstrip("\n") + f" | {name}\n" if beside else f"    {name}\n{old}"
    if rest.count(old) < 1:
        raise CannotAdd(f"The floor `{old.strip()}` is not written in .importlinter as expected.")
    return head + section + rest.replace(old, new, 1)


def _with_line(root: Path, path: str, line: str, neighbours: list[str]) -> str:
    """Put the line above the first of its neighbours between the file's floor marks."""
    lines = (root / path).read_text(encoding="utf-8").split("\n")
    begin, end = (next((number for number, words in enumerate(lines) if mark in words), -1) for mark in (BEGIN, END))
    for number in range(begin + 1, end):
        if any(lines[number].strip().startswith(neighbour) for neighbour in neighbours):
            indent = lines[number][: len(lines[number]) - len(lines[number].lstrip())]
            return "\n".join([*lines[:number], indent + line, *lines[number:]])
    raise CannotAdd(f"{path} has no line `{neighbours[0]}` between `{BEGIN}` and `{END}`.")


def _camel(name: str) -> str:
    return "".join(part.title() for part in name.split("_"))


def main() -> None:
    """Read the command line, add the app to this checkout, say what was written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--above", metavar="APP", help="a floor of its own, right above this app's")
    where.add_argument("--beside", metavar="APP", help="the same floor as this app; the two stay strangers")
    parser.add_argument("--says", required=True, help="one sentence: what the app is for")
    given = parser.parse_args()
    root = Path(__file__).resolve().parent.parent
    try:
        written = add_app(root, given.name, given.above or given.beside, given.says, beside=given.above is None)
    except CannotAdd as no:
        sys.exit(str(no))
    print("\n".join(written))


if __name__ == "__main__":
    main()
