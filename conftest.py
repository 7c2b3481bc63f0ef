"""What every test may count on."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """The folder CI keeps after a run."""
    folder = Path(os.environ.get("BLISKO_ARTEFACTS", ROOT / "artefacts"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
