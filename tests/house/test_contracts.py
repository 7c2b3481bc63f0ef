"""Every import contract of `.importlinter` breaks on its planted fault, and on nothing in a clean house."""

import re
import sys
from pathlib import Path

import pytest
from importlinter import api
from importlinter.application import use_cases
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract
from importlinter.domain.contract import registry

from tests.house.plant import REAL, build, planted
from tools.contracts import PublicRooms, PureRooms, Rooms

for contract in (LayersContract, ForbiddenContract, Rooms, PublicRooms, PureRooms):
    registry.register(contract, contract.type_name)

PLANTED = [
    ("Floors", "blisko/visits/services.py", "from blisko.planning import services"),
    ("Floors", "blisko/visits/services.py", "from blisko import field"),
    ("Floors", "blisko/access/services.py", "def late():\n    from blisko.visits import queries"),
    ("Floors", "blisko/kit/steps.py", "import blisko.ui"),
    ("Floors", "blisko/newcomer/__init__.py", '"""An app without a floor."""'),
    ("Rooms", "blisko/visits/queries.py", "from blisko.visits import services"),
    ("Rooms", "blisko/visits/models.py", "from blisko.visits.queries import visit_for"),
    ("Rooms", "blisko/visits/errors.py", "from blisko.visits.rules import State"),
    ("Rooms", "blisko/visits/handlers.py", "from blisko.visits import jobs"),
    ("Rooms", "blisko/visits/services.py", "from blisko.visits.tests import make"),
    ("Rooms", "blisko/visits/tricks.py", "x = 1"),
    ("Machines", "blisko/visits/jobs.py", "from blisko.visits.forms import NoteForm"),
    ("Purity", "blisko/visits/rules.py", "from django.utils import timezone"),
    ("Purity", "blisko/visits/rules.py", "import subprocess"),
    ("Purity", "blisko/visits/events.py", "import httpx"),
    ("Purity", "blisko/visits/errors.py", "from blisko.kit import steps"),
    ("Purity", "blisko/visits/rules.py", "from blisko.access.services import give_key"),
    ("Public rooms", "blisko/visits/services.py", "from blisko.access.models import Key"),
    ("Public rooms", "blisko/planning/views.py", "from blisko.visits import forms"),
    ("Public rooms", "blisko/planning/views.py", "import blisko.visits"),
    ("Public doors", "blisko/simulator/services.py", "from blisko.visits.services import finish_visit"),
    ("Composition root", "blisko/visits/services.py", "from config import urls"),
]  # fmt: skip


def broken(root: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Answer the first words of the contracts that `root` breaks, its packages renamed by `disguise` to begin with `name`."""
    monkeypatch.syspath_prepend(root)
    options = use_cases.read_user_options(str(root / ".importlinter"))
    report = use_cases.create_report(options, cache_dir=None)
    assert report.module_count >= len(list(root.rglob("*.py"))), "the planted tree was not read"
    assert f"{name}_blisko" not in sys.modules, "contracts read the code, they do not run it"
    return {contract.name.partition(":")[0] for contract, check in report.get_contracts_and_checks() if not check.kept}


def disguise(root: Path, name: str) -> None:
    """Rename the packages in a tree and in its contracts, so that the real ones aren't read in their place."""
    for file in [root / ".importlinter", *root.rglob("*.py")]:
        file.write_text(disguised(file.read_text(), name))
    for package in ("blisko", "config"):
        (root / package).rename(root / f"{name}_{package}")


def disguised(text: str, name: str) -> str:
    return re.sub(r"\b(blisko|config)\b", rf"{name}_\1", text)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("house")
    build(root)
    disguise(root, "planted")
    return root


@pytest.mark.parametrize(("contract", "path", "text"), PLANTED, ids=lambda value: str(value)[:50])
def test_a_contract_breaks_on_its_planted_fault(contract: str, path: str, text: str, clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with planted(clean, disguised(path, "planted"), disguised(text, "planted")):
        assert contract in broken(clean, "planted", monkeypatch)


def test_a_clean_house_breaks_no_contract(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert broken(clean, "planted", monkeypatch) == set()


def test_a_type_may_be_borrowed_from_another_apps_models(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    borrowed = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from planted_blisko.access.models import Key\n"
    with planted(clean, "planted_blisko/planning/services.py", borrowed):
        assert broken(clean, "planted", monkeypatch) == set()


def test_every_contract_has_a_planted_fault() -> None:
    contracts = api.read_configuration(str(REAL / ".importlinter"))["contracts_options"]
    assert {name for name, *_ in PLANTED} == {contract["name"].partition(":")[0] for contract in contracts}
