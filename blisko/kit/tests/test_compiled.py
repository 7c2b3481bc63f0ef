"""Compiled functions: they answer as Python does, and what is kept on disk never outlives a change of the sources."""

from pathlib import Path

import numba

from blisko.kit.compiled import compiled, digest


def triple(x: int) -> int:
    return 3 * x


def test_compiled_function_answers_as_python_does() -> None:
    assert compiled(triple)(14) == triple(14) == 42


def test_kept_code_lies_in_a_folder_named_after_all_that_is_compiled(tmp_path: Path) -> None:
    rules = tmp_path / "planning" / "rules" / "engine"
    rules.mkdir(parents=True)
    empty = digest(tmp_path)
    (rules / "labels.py").write_text("from blisko.kit.compiled import compiled\nx = 1\n")
    first = digest(tmp_path)
    (rules / "labels.py").write_text("from blisko.kit.compiled import compiled\nx = 2\n")
    second = digest(tmp_path)
    (rules / "words.py").write_text("x = 1\n")  # compiles nothing, so it makes nothing stale
    assert len({empty, first, second}) == 3 and digest(tmp_path) == second
    assert Path(numba.config.CACHE_DIR).name == digest()
