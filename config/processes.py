"""What an installation is made of: its processes, and what must be up to date before they start."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from blisko.kit import runner

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("web", "live", "worker", "planner")
PLANNING = ("plans", "repairs")  # queues of the planner: somebody waits for it, and it would hold up whatever runs beside it
DRAIN = 8  # seconds open requests and streams get when a process is asked to end


def prepare() -> int:
    """Bring the schema and the static files up to date, side by side; answer an exit code."""
    steps = (["migrate", "--noinput", "-v", "0"], ["collectstatic", "--noinput", "-v", "0"])
    running = [subprocess.Popen([sys.executable, "-m", "config.cli", *step], cwd=ROOT) for step in steps]
    return max(abs(step.wait()) for step in running)


def processes(env: Mapping[str, str] | None = None) -> list[runner.Process]:
    """The processes of an installation, configured by the environment and by `env` over it."""
    return [runner.Process(name, [sys.executable, "-m", "config.cli", name], env or {}, grace=DRAIN + 4) for name in NAMES]
