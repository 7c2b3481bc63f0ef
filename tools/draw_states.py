"""Draw every lifecycle of the house into `docs/states/`, as mermaid, from the table the code itself obeys.

Run `python -m tools.draw_states`; a house check compares.
"""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from blisko.kit.life import Life

FOLDER = Path("docs/states")


def drawings(root: Path) -> dict[str, str]:
    """Answer `{"docs/states/visits-visit.md": text}` for every `Life` in a `rules` room under `root`."""
    found: dict[str, str] = {}
    for app, module in _rules(root):
        for name, value in vars(module).items():
            if isinstance(value, Life):
                noun = name.lower().removesuffix("_life").replace("_", "-")
                found[(FOLDER / f"{app}-{noun}.md").as_posix()] = _page(app, noun, value)
    return dict(sorted(found.items()))


def _rules(root: Path) -> Iterator[tuple[str, ModuleType]]:
    for path in sorted([*root.glob("blisko/*/rules.py"), *root.glob("blisko/*/rules/*.py")]):
        if "Life(" in (text := path.read_text(encoding="utf-8")) or "Life[" in text:
            yield path.relative_to(root).parts[1], _load(path)


def _load(path: Path) -> ModuleType:
    """Run one rules file by its path: rules are pure, so this works in any tree and touches nothing."""
    name = "drawn." + ".".join(path.with_suffix("").parts[-3:])
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up by its name
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[name]
    return module


def _page(app: str, noun: str, life: Life[Any]) -> str:
    told = f"# {app}: {noun}\n\nDrawn from `blisko/{app}/rules` by `python -m tools.draw_states`; do not edit.\n"
    return f"{told}\n```mermaid\n{life.drawing()}\n```\n"


def main() -> None:
    """Write the drawings of this checkout and remove those no lifecycle draws any more."""
    root = Path(__file__).resolve().parent.parent
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    drawn = drawings(root)
    for old in folder.glob("*.md"):
        if old.relative_to(root).as_posix() not in drawn:
            old.unlink()
    for path, text in drawn.items():
        (root / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
