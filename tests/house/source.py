"""A source tree as the checks see it: files with their app and room, parsed once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

from tools.contracts import floors, public_rooms

CODE = ("blisko", "config", "tools", "tests", "bench")
SKIPPED = frozenset({"__pycache__", "node_modules", "dist", "build", "static_built"})


@dataclass(frozen=True, order=True)
class Fault:
    """One place where a rule is broken, and the sentence that says what to do."""

    path: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.sentence}"


@cache
def _parsed(text: str) -> ast.Module:
    """Parse a text once, however many planted trees hold it."""
    return ast.parse(text)


@cache
def _walked(text: str) -> list[ast.AST]:
    return list(ast.walk(_parsed(text)))


@dataclass(frozen=True)
class Source:
    """One file. `path` is relative to the tree's root; `app` and `room` are empty outside `blisko/`."""

    path: str
    text: str

    @cached_property
    def parts(self) -> tuple[str, ...]:
        return PurePosixPath(self.path).parts

    @property
    def app(self) -> str:
        return self.parts[1] if self.parts[0] == "blisko" and len(self.parts) > 2 else ""

    @property
    def room(self) -> str:
        return self.parts[2].removesuffix(".py") if self.app else ""

    @property
    def is_test(self) -> bool:
        return "tests" in self.parts

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.text)

    @property
    def nodes(self) -> list[ast.AST]:
        return _walked(self.text)

    @cached_property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        return [node for node in self.nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]

    def fault(self, where: ast.AST | int, sentence: str) -> Fault:
        return Fault(self.path, where if isinstance(where, int) else getattr(where, "lineno", 1), sentence)


@dataclass(frozen=True)
class House:
    """A source tree at `root`, real or planted."""

    root: Path
    _read: dict[str, list[Source]] = field(default_factory=dict, repr=False)

    def files(self, *suffixes: str, under: tuple[str, ...] = CODE) -> list[Source]:
        """Answer the files with one of `suffixes`, read once, in order of their paths."""
        key = " ".join((*suffixes, *under))
        if key not in self._read:
            self._read[key] = sorted(self._walk(suffixes, under), key=lambda source: source.path)
        return self._read[key]

    def _walk(self, suffixes: tuple[str, ...], under: tuple[str, ...]) -> Iterator[Source]:
        for top in under:
            for path in (self.root / top).rglob("*"):
                inside = path.relative_to(self.root)
                if path.suffix in suffixes and not SKIPPED.intersection(inside.parts) and path.is_file():
                    yield Source(inside.as_posix(), path.read_text(encoding="utf-8"))

    @property
    def python(self) -> list[Source]:
        """Answer all Python files, tests included."""
        return self.files(".py")

    @cached_property
    def product(self) -> list[Source]:
        """Answer the Python files that run in the product: no tests, no migrations, no tools."""
        return [
            source
            for source in self.python
            if source.parts[0] in ("blisko", "config") and not source.is_test and "migrations" not in source.parts
        ]

    @cached_property
    def apps(self) -> list[str]:
        """Answer the names of the packages directly under `blisko/`."""
        return sorted({source.app for source in self.python if source.app and source.parts[2] == "__init__.py"})

    @cached_property
    def heights(self) -> dict[str, int]:
        """Answer each app's floor as `.importlinter` has it; 0 is the ground."""
        rows = list(reversed(floors(self.root)))
        return {app: height for height, row in enumerate(rows) for app in row}

    @cached_property
    def public_rooms(self) -> frozenset[str]:
        return public_rooms(self.root)[0]

    @cached_property
    def open_apps(self) -> frozenset[str]:
        return public_rooms(self.root)[1]

    def text(self, path: str) -> str:
        """Answer a file's text, or nothing when it is not there."""
        file = self.root / path
        return file.read_text(encoding="utf-8") if file.is_file() else ""
