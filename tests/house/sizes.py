"""Sizes and names: a file fits in the head, a function on a screen, and every thing says what it is."""

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.house.source import Fault, House

FILE_LINES = 400
FUNCTION_LINES = 50
# A test tells a story from beginning to end; cutting it up hides it. Still no scroll without an end.
TEST_FILE_LINES = 600
TEST_FUNCTION_LINES = 80
NO_ROOMS = frozenset({"utils", "util", "helpers", "helper", "common", "misc", "base", "stuff", "lib"})


def long_files(house: House) -> Iterator[Fault]:
    for source in house.files(".py", ".ts", ".css"):
        if "migrations" in source.parts:
            continue
        most = TEST_FILE_LINES if source.is_test else FILE_LINES
        lines = source.text.count("\n")
        if lines > most:
            yield source.fault(most + 1, f"The file has {lines} lines of at most {most}: make the room a package, one module per noun.")


def long_functions(house: House) -> Iterator[Fault]:
    for source in house.python:
        if "migrations" in source.parts:
            continue
        most = TEST_FUNCTION_LINES if source.is_test else FUNCTION_LINES
        for function in source.functions:
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            if lines > most:
                yield source.fault(function, f"`{function.name}` has {lines} lines of at most {most}: name its parts.")


def apps_without_words(house: House) -> Iterator[Fault]:
    for source in house.python:
        if source.app and source.parts[2] == "__init__.py" and not ast.get_docstring(source.tree):
            yield source.fault(1, f"Say in a docstring what the app `{source.app}` is for.")


def no_rooms(house: House) -> Iterator[Fault]:
    for source in house.files(".py", ".ts"):
        for name in {*source.parts[:-1], PurePosixPath(source.path).stem} & NO_ROOMS:
            yield source.fault(1, f"`{name}` is not a room: put each line where its kind lives.")


def services_without_words(house: House) -> Iterator[Fault]:
    for source in house.product:
        if source.room not in ("services", "queries"):
            continue
        for node in source.tree.body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not node.name.startswith("_") and not ast.get_docstring(node):
                yield source.fault(node, f"Say in one sentence what `{node.name}` is for.")


def twin_names(house: House) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for source in house.product:
        if source.room not in ("services", "queries") or source.app in house.open_apps:
            continue
        for node in source.tree.body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not node.name.startswith("_"):
                if first.setdefault(node.name, source.app) != source.app:
                    yield source.fault(
                        node, f"`{node.name}` is also a name in {first[node.name]}: make it a whole phrase, unique in the house."
                    )
