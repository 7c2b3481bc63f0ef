"""Papers: what is written about the house is true of it."""

import re
from collections.abc import Iterator

from tests.house.source import Fault, House
from tools.draw_states import FOLDER, drawings

REASON = re.compile(r"#\s*\S+")


def dependencies_without_reason(house: House) -> Iterator[Fault]:
    inside = False
    for number, line in enumerate(house.text("pyproject.toml").splitlines(), start=1):
        if re.match(r"dependencies\s*=\s*\[", line):
            inside = True
        elif inside and line.strip() == "]":
            return
        elif inside and line.strip().startswith('"') and not REASON.search(line):
            yield Fault("pyproject.toml", number, "Write the dependency's reason beside it.")


def drawings_that_lie(house: House) -> Iterator[Fault]:
    drawn = drawings(house.root)
    for path, text in drawn.items():
        if house.text(path) != text:
            yield Fault(path, 1, "The drawing is not the table's: run `python -m tools.draw_states`.")
    for file in sorted((house.root / FOLDER).glob("*.md")):
        path = file.relative_to(house.root).as_posix()
        if path not in drawn:
            yield Fault(path, 1, "No lifecycle draws this any more: run `python -m tools.draw_states`.")


def words_without_meaning(house: House) -> Iterator[Fault]:
    known = set(re.findall(r"^\| ([^|]+?) \|", house.text("docs/words.md"), re.MULTILINE))
    for name in (*house.apps, *sorted(house.public_rooms)):
        if name not in known:
            yield Fault("docs/words.md", 1, f"Say in one line what `{name}` means.")


def apps_off_the_map(house: House) -> Iterator[Fault]:
    drawn = set(re.findall(r"[a-z_]+", house.text("docs/map.md")))
    for app in house.apps:
        if app not in drawn:
            yield Fault("docs/map.md", 1, f"The app `{app}` is not on the map.")
