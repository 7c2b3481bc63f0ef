"""Which tests of a run in several processes (`-n 2 --dist loadgroup`) share one, and which begin first.

Each process has a database, a running platform, a browser and ports of its own. A run in one process keeps its order.
xdist's own grouping writes the group into the names of tests, which pytest 9 no longer lets it do: it would tear every group apart.
So a process tells the names in a file, and a scheduler of our own reads it.
"""

import json
import shutil
import tempfile
from collections import defaultdict
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# Fixtures that cost seconds to make: whoever needs the same one meets it in one process.
COSTLY = ("running_platform", "live_of_the_session", "gateway_process")


def needs(item: pytest.Item, fixture: str) -> bool:
    return fixture in getattr(item, "fixturenames", ())


def empties(item: pytest.Item) -> int:
    """Whether the test leaves its database without even the rows that migrations put there: 0 no; 1 yes, and it wants them back as they
    were first; 2 yes, and content types come back under other numbers, which those would not bear.
    """
    wish = item.get_closest_marker("django_db")
    if wish is not None and wish.kwargs.get("transaction"):
        return 1 if wish.kwargs.get("serialized_rollback") else 2
    return 2 if needs(item, "transactional_db") else 0


def together(item: pytest.Item) -> str:
    """Answer the name of those who share a process: by a mark, by what they need, or else by their module."""
    if mark := item.get_closest_marker("xdist_group"):
        return str(mark.args[0])
    module = getattr(item, "module", None)
    shared = [one for one in COSTLY if needs(item, one) and not hasattr(module, one)]
    name = shared[0] if shared else item.nodeid.partition("::")[0]
    return f"{name} emptied" if empties(item) else name


def patience(item: pytest.Item) -> float:
    """Answer the seconds a test is given, where it is given more than others."""
    limit = item.get_closest_marker("timeout")
    return float(limit.args[0]) if limit else 0.0


def in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """Who empties the database comes after who needs its first rows; else long groups come first, so that the last to end are short."""
    groups = defaultdict(list)
    for item in items:
        groups[together(item)].append(item)
    keys = {name: (max(map(empties, group)), -max(map(patience, group)), -len(group)) for name, group in groups.items()}
    return [item for name in sorted(groups, key=lambda name: keys[name]) for item in groups[name]]


class Groups(LoadScopeScheduling):
    """Hands out one group after another, whole, in the order of collection."""

    @cached_property
    def _names(self) -> dict[str, str]:
        told = next(self.config.stash[FOLDER].glob("*.json"))
        names: dict[str, str] = json.loads(told.read_text(encoding="utf-8"))
        return names

    def _split_scope(self, nodeid: str) -> str:
        return self._names[nodeid]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Groups | None:
    return Groups(config, log) if config.getoption("dist") == "loadgroup" else None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a new process where to tell."""
    stash = node.config.stash
    if FOLDER not in stash:
        stash[FOLDER] = Path(tempfile.mkdtemp(prefix="blisko-spread-"))
        node.config.add_cleanup(lambda: shutil.rmtree(stash[FOLDER]))
    node.workerinput[TOLD] = str(stash[FOLDER] / f"{node.gateway.id}.json")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if getattr(config.option, "loadgroup", False):
        items[:] = in_order(items)
        told = Path(config.workerinput[TOLD])  # type: ignore[attr-defined]  # xdist's
        told.write_text(json.dumps({item.nodeid: together(item) for item in items}), encoding="utf-8")


FOLDER = pytest.StashKey[Path]()
TOLD = "blisko_groups"
