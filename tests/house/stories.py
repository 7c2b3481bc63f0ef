"""Tests: their names are sentences, and they never patch our own code."""

import ast
from collections.abc import Iterator

from tests.house.source import Fault, House

FEWEST_WORDS = 3  # a subject, a verb, and something said of it


def tests_without_sentence(house: House) -> Iterator[Fault]:
    for source in house.python:
        if not source.is_test:
            continue
        for function in source.functions:
            words = [word for word in function.name.split("_")[1:] if word]
            if function.name.startswith("test_") and len(words) < FEWEST_WORDS:
                yield source.fault(function, f"`{function.name}` is no sentence: say who does what and what comes of it.")


def patched_code(house: House) -> Iterator[Fault]:
    sentence = "We never patch our own code: if one must, a port is missing."
    for source in house.python:
        if not source.is_test:
            continue
        ours = {
            alias.asname or alias.name.partition(".")[0]
            for node in source.nodes
            if isinstance(node, (ast.Import, ast.ImportFrom)) and _is_ours(node)
            for alias in node.names
        }
        for node in source.nodes:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("unittest"):
                if "mock" in (node.module or "") or any(alias.name == "mock" for alias in node.names):
                    yield source.fault(node, sentence)
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("monkeypatch.setattr", "monkeypatch.delattr") and node.args:
                target = node.args[0]
                named = isinstance(target, ast.Constant) and str(target.value).startswith(("blisko.", "config."))
                if named or ast.unparse(target).partition(".")[0] in ours:
                    yield source.fault(node, sentence)


def _is_ours(node: ast.Import | ast.ImportFrom) -> bool:
    modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    return any(module.split(".")[0] in ("blisko", "config") for module in modules)
