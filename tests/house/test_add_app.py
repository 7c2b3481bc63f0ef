"""A new app is known to the contracts, the settings, the map and the words as soon as it is added."""

import shutil
from pathlib import Path

import pytest

from tests.house.plant import REAL, write
from tests.house.source import House
from tests.house.table import CHECKS
from tests.house.test_contracts import broken, disguise
from tools.add_app import CannotAdd, add_app
from tools.contracts import floors


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The real settings, contracts and papers, with an empty package for every app."""
    for path in (".importlinter", "config/settings.py", "docs/map.md", "docs/words.md"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        shutil.copy(REAL / path, tmp_path / path)
    write(tmp_path, "blisko/__init__.py", "")
    write(tmp_path, "config/__init__.py", "")
    for app in (app for row in floors(REAL) for app in row):
        write(tmp_path, f"blisko/{app}/__init__.py", f'"""What {app} is for."""')
    return tmp_path


def test_a_new_app_stands_on_its_floor_everywhere(copy: Path) -> None:
    above = [row for row in floors(copy) if "live" in row]
    add_app(copy, "desk", "live", "the agent's workplace")
    rows = floors(copy)
    assert rows[rows.index(["desk"]) + 1] == above[0]
    settings = (copy / "config/settings.py").read_text()
    assert settings.index('"blisko.desk",') < settings.index('"blisko.live",')
    assert "| desk | the agent's workplace |" in (copy / "docs/map.md").read_text()
    assert "| desk | the agent's workplace |" in (copy / "docs/words.md").read_text()
    assert (copy / "blisko/desk/__init__.py").read_text() == '"""The agent\'s workplace."""\n'
    assert 'class DeskConfig(AppConfig):\n    name = "blisko.desk"' in (copy / "blisko/desk/apps.py").read_text()


@pytest.mark.parametrize("check", ["every app says what it is for", "every app and public room is a word", "every app is on the map"])
def test_a_new_app_keeps_the_rules_from_its_first_minute(check: str, copy: Path) -> None:
    add_app(copy, "desk", "live", "the agent's workplace")
    assert not [fault for fault in CHECKS[check](House(copy)) if "desk" in str(fault)]


def test_a_new_app_without_faults_breaks_no_contract(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_app(copy, "desk", "live", "the agent's workplace")
    (copy / "config/settings.py").unlink()
    disguise(copy, "newcomer")
    assert broken(copy, "newcomer", monkeypatch) == set()


@pytest.mark.parametrize(
    ("contract", "path", "text"),
    [
        ("Floors", "blisko/live/services.py", "from blisko import desk"),
        ("Rooms", "blisko/desk/drawer.py", "x = 1"),
        ("Purity", "blisko/desk/rules.py", "import django"),
        ("Public rooms", "blisko/desk/services.py", "from blisko.live import models"),
    ],
)
def test_a_fault_in_a_new_app_is_found(contract: str, path: str, text: str, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(copy, "blisko/live/models.py", "x = 1")
    add_app(copy, "desk", "live", "the agent's workplace")
    write(copy, path, text)
    (copy / "config/settings.py").unlink()
    disguise(copy, "faulty")
    assert contract in broken(copy, "faulty", monkeypatch)


def test_strangers_share_a_floor_and_may_not_meet(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_app(copy, "voice", "live", "calls")
    add_app(copy, "chat", "voice", "live chat", beside=True)
    assert ["voice", "chat"] in floors(copy)
    write(copy, "blisko/chat/services.py", "from blisko import voice")
    (copy / "config/settings.py").unlink()
    disguise(copy, "strangers")
    assert "Floors" in broken(copy, "strangers", monkeypatch)


@pytest.mark.parametrize(
    ("name", "neighbour", "says", "words"),
    [
        ("Desk", "live", "work", "not a name"),
        ("live", "planning", "work", "already has"),
        ("desk", "attic", "work", "There is no app `attic`"),
        ("desk", "live", " ", "what the app is for"),
    ],
)
def test_an_app_that_cannot_be_is_refused_and_nothing_is_written(name: str, neighbour: str, says: str, words: str, copy: Path) -> None:
    before = (copy / ".importlinter").read_text()
    with pytest.raises(CannotAdd, match=words):
        add_app(copy, name, neighbour, says)
    assert (copy / ".importlinter").read_text() == before
    assert not (copy / "blisko/desk").exists()
