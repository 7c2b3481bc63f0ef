"""Who meets whom when a run is spread over two processes."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cover import ROOT

CONFTEST = """
import pytest
@pytest.fixture(scope="session")
def running_platform(): return 1
@pytest.fixture
def transactional_db(): return 1
"""
FILES = {
    "test_a.py": "def test_small(): pass\ndef test_platform(running_platform): pass\ndef test_emptying(transactional_db): pass\n",
    "test_b.py": "def test_platform(running_platform): pass\n",
    "test_c.py": "import pytest\n@pytest.mark.timeout(900)\ndef test_long(): pass\ndef test_beside_it(): pass\n",
    "test_d.py": "import pytest\n@pytest.fixture(scope='module')\ndef running_platform(): return 2\n"
    "@pytest.mark.timeout(300)\ndef test_platform_of_its_own(running_platform): pass\n",
    "test_e.py": "import pytest\n@pytest.mark.django_db(transaction=True)\ndef test_emptying(): pass\ndef test_small(): pass\n",
    "test_f.py": "import pytest\n@pytest.mark.xdist_group('chosen')\ndef test_marked(): pass\ndef test_unmarked(): pass\n",
}
GROUPS = [  # in the order in which they are begun
    {"test_c.py::test_long", "test_c.py::test_beside_it"},
    {"test_d.py::test_platform_of_its_own"},
    {"test_a.py::test_platform", "test_b.py::test_platform"},
    {"test_a.py::test_small"},
    {"test_e.py::test_small"},
    {"test_f.py::test_marked"},
    {"test_f.py::test_unmarked"},
    {"test_a.py::test_emptying"},
    {"test_e.py::test_emptying"},
]


def run(folder: Path, *args: str) -> str:
    for name, text in {"conftest.py": CONFTEST, "pytest.ini": "[pytest]\nmarkers = django_db: wants a database\n", **FILES}.items():
        (folder / name).write_text(text)
    command = [sys.executable, "-m", "pytest", "-v", "-p", "tests.spread", "-p", "no:django", "-p", "no:cacheprovider", *args]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == pytest.ExitCode.OK, done.stdout + done.stderr
    return done.stdout


def test_run_in_two_processes_is_spread_by_need_with_the_long_ones_first(tmp_path: Path) -> None:
    said = run(tmp_path, "--numprocesses=2", "--dist=loadgroup", "--no-loadscope-reorder")
    places = re.findall(r"\[gw(\d)\].*PASSED (\S+)", said)
    assert {test for _, test in places} == set().union(*GROUPS)
    for group in GROUPS:
        assert len({process for process, test in places if test in group}) == 1, group
    for process in "01":
        order = [at for where, test in places if where == process for at, group in enumerate(GROUPS) if test in group]
        assert order == sorted(order), said


def test_run_in_one_process_keeps_its_order(tmp_path: Path) -> None:
    files = re.findall(r"^(test_\w\.py)::", run(tmp_path), re.MULTILINE)
    assert len(files) == 11 and files == sorted(files)
