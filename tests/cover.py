"""Loaded first of all (see `addopts`): `--cover` fails a run that leaves a branch of these apps' rules or services untried.

A run in several processes is one run: each tells what it took, and the branches are counted together. Only tests of these apps are
watched, since watching makes them twice as slow: what only somebody else's test takes is not held.
"""

from collections.abc import Generator, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import coverage
import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("rules.py", "services.py", "rules/*.py", "services/*.py")
APPS = ("access", "accounts", "customers", "field", "planning", "visits")


def rooms() -> list[str]:
    """Answer every file that is held, so that one nobody ever imports counts as well.

    Folders in a room are compiled and not held, since nothing can watch their branches: `rules/engine/` is held by the independent
    checker and its properties, `rules/futures/` must play the same futures interpreted, `rules/offers/` answers as brute force does.
    """
    return sorted(str(file) for app in APPS for room in ROOMS for file in (ROOT / "blisko" / app).glob(room))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cover", action="store_true", help="fail unless every branch of the rules and services has been taken")


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Begin before Django imports the first rule."""
    if early_config.known_args_namespace.cover:
        measured = coverage.Coverage(branch=True, data_file=None, config_file=False, include=rooms())
        measured.start()
        early_config.add_cleanup(measured.stop)
        early_config.stash[MEASURED] = measured
        early_config.stash[WATCHING] = True
    yield


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    stash, here = item.config.stash, item.path.relative_to(ROOT).parts
    wanted = here[0] == "blisko" and here[1] in APPS
    if MEASURED in stash and wanted != stash[WATCHING]:
        (stash[MEASURED].start if wanted else stash[MEASURED].stop)()
        stash[WATCHING] = wanted
    return (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Add what a process that has ended took; one that died has told nothing, and its test has failed."""
    measured = node.config.stash.get(MEASURED, None)
    taken = getattr(node, "workeroutput", {}).get(TAKEN)
    if measured is not None and taken is not None:
        data = coverage.CoverageData(no_disk=True)
        data.loads(taken)
        measured.get_data().update(data)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    measured = session.config.stash.get(MEASURED, None)
    if measured is None:
        return
    if session.config.stash[WATCHING]:
        measured.stop()
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[TAKEN] = measured.get_data().dumps()
        return
    words = StringIO()
    if exitstatus == pytest.ExitCode.OK and measured.report(rooms(), show_missing=True, skip_covered=True, file=words) < 100:
        session.config.stash[UNTRIED] = words.getvalue()
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if untried := config.stash.get(UNTRIED, ""):
        terminalreporter.section("branches of rules and services that no test takes", red=True)
        terminalreporter.write(untried)


MEASURED = pytest.StashKey[coverage.Coverage]()
WATCHING = pytest.StashKey[bool]()
UNTRIED = pytest.StashKey[str]()
TAKEN = "blisko_branches_taken"
