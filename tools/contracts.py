"""The house's own import contracts, and the one reader of `.importlinter`, where the floors are written down."""

import configparser
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from importlinter.contracts.layers import LayersContract

FLOORS_SECTION = "importlinter:contract:floors"
Fault = tuple[str, int, str]

# Arrays of numbers are values, too.
ARITHMETIC = frozenset({"numpy"})

# Standard library that reaches out of the process or into the clock: a decision made of values needs none of it.
WORLDLY = frozenset(
    "os io socket ssl select selectors subprocess multiprocessing threading asyncio urllib http ftplib smtplib imaplib poplib "
    "sqlite3 dbm shelve tempfile shutil glob pathlib time signal sys logging ctypes importlib".split()
)


def floors(root: Path) -> list[list[str]]:
    """Answer the rows of apps written in `.importlinter`, highest first: `[["live"], ["visits", "field"], …]`."""
    config = configparser.ConfigParser()
    config.read_string((root / ".importlinter").read_text())
    rows = config[FLOORS_SECTION]["layers"].split("\n")
    return [[app.strip() for app in row.split("|")] for row in rows if row.strip()]


def public_rooms(root: Path) -> tuple[frozenset[str], frozenset[str]]:
    """Answer the rooms any app may import, and the apps that are open altogether."""
    config = configparser.ConfigParser()
    config.read_string((root / ".importlinter").read_text())
    section = config["importlinter:contract:public-rooms"]
    return frozenset(section["rooms"].split()), frozenset(section["open_apps"].split())


class Rooms(LayersContract):
    """Rooms inside every app depend downward only, and there are no other rooms.

    The containers are found, not listed, so that an app cannot be forgotten; `open_apps` arrange themselves as they like.
    """

    type_name = "rooms"
    root = fields.StringField()
    open_apps = fields.ListField(subfield=fields.StringField(), required=False, default=[])

    def validate(self) -> None:
        self.containers = [fields.ModuleExpressionField().parse(str(self.root))]  # type: ignore[assignment]  # the layers contract wants to see one early
        super().validate()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        expression = fields.ModuleExpressionField()
        apps = sorted(graph.find_children(str(self.root)))
        self.containers = [expression.parse(app) for app in apps if app.rpartition(".")[2] not in _names(self.open_apps)]  # type: ignore[assignment]
        return super().check(graph, verbose)


class _Listed(Contract):
    """A contract whose faults are single imports: found one by one, told one by one."""

    def faults(self, graph: ImportGraph) -> Iterator[tuple[str, str, str]]:
        """Yield (importer, imported, sentence what to do)."""
        raise NotImplementedError

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        found: list[Fault] = [
            (importer, detail["line_number"], f"imports {imported}: {advice}")
            for importer, imported, advice in self.faults(graph)
            for detail in graph.get_import_details(importer=importer, imported=imported)
        ]
        return ContractCheck(kept=not found, metadata={"faults": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, line, sentence in check.metadata["faults"]:
            output.print_error(f"{importer}:{line} {sentence}", bold=False)


class PublicRooms(_Listed):
    """From another app only its public rooms may be imported; `open_apps` are the house's own tools and stand open."""

    type_name = "public_rooms"
    root = fields.StringField()
    rooms = fields.ListField(subfield=fields.StringField())
    open_apps = fields.ListField(subfield=fields.StringField(), required=False, default=[])

    def faults(self, graph: ImportGraph) -> Iterator[tuple[str, str, str]]:
        for importer, here in _within(graph, str(self.root)):
            if "tests" in here:  # a test prepares and looks at rows of the apps below; the floors bind it, too
                continue
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                there = imported.split(".")
                if there[0] != str(self.root) or len(there) < 2 or there[1] in (here[1], *_names(self.open_apps)):
                    continue
                if len(there) < 3 or there[2] not in _names(self.rooms):
                    yield importer, imported, "ask one of its public rooms instead."


class PureRooms(_Listed):
    """Some rooms decide from values alone: they import the unworldly standard library and each other, nothing else."""

    type_name = "pure_rooms"
    root = fields.StringField()
    rooms = fields.ListField(subfield=fields.StringField())
    open_apps = fields.ListField(subfield=fields.StringField(), required=False, default=[])
    allowed = fields.ListField(subfield=fields.StringField(), required=False, default=[])

    def faults(self, graph: ImportGraph) -> Iterator[tuple[str, str, str]]:
        for importer, here in _within(graph, str(self.root)):
            if len(here) < 3 or here[2] not in _names(self.rooms) or here[1] in _names(self.open_apps):
                continue
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                if not self._pure(imported):
                    yield importer, imported, "pass its answer in as a value."

    def _pure(self, imported: str) -> bool:
        there = imported.split(".")
        if imported in _names(self.allowed) or there[0] in ARITHMETIC:
            return True
        if there[0] == str(self.root):
            return len(there) > 2 and there[2] in _names(self.rooms)
        return there[0] in sys.stdlib_module_names and there[0] not in WORLDLY


def _within(graph: ImportGraph, root: str) -> Iterator[tuple[str, list[str]]]:
    for module in sorted(graph.modules):
        parts = module.split(".")
        if parts[0] == root and len(parts) > 1:
            yield module, parts


def _names(field: Any) -> list[str]:
    return list(field)
