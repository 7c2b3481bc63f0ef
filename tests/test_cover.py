"""The check of cover itself: what no test tries fails the run and is named."""

import subprocess
import sys

import pytest

from tests.cover import ROOT


def run(*args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *args, "blisko/planning/tests/test_rules.py"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)


def test_run_that_leaves_a_branch_untried_fails_and_says_where() -> None:
    said = run("--cover")
    assert said.returncode == pytest.ExitCode.TESTS_FAILED, said.stdout + said.stderr
    assert "blisko/planning/services/assigning.py" in said.stdout
    assert "blisko/visits/services/imports.py" in said.stdout  # nobody even imported it
    assert "blisko/planning/rules/gaps.py" not in said.stdout


def test_part_of_the_tests_is_not_held_to_it() -> None:
    assert run().returncode == pytest.ExitCode.OK
