"""A running platform for a bench that looks at it from outside: on the tests' server, at nine in the morning.

Imported before anything of the house: it sets Django up. A bench that needs it is run on its own (`python -m bench.<name>`).
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tests.database  # noqa: F401  # before Django: names the server

os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "DJANGO_ALLOW_ASYNC_UNSAFE": "1"}

import django

django.setup()

import psutil  # noqa: E402 - Django first
from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402

from tests.journeys.staff import morning  # noqa: E402
from tests.platform import Platform  # noqa: E402


@contextmanager
def house() -> Iterator[Platform]:
    """Answer the platform; this process reads and writes its database, and lives on its clock."""
    default = connections["default"]
    with tempfile.TemporaryDirectory() as folder, morning(Path(folder) / "platform.log") as platform:
        default.settings_dict["NAME"] = platform.database
        settings.BLISKO_CLOCK = platform.env["BLISKO_CLOCK"]
        try:
            yield platform
        finally:
            default.close()
            for child in psutil.Process().children(recursive=True):  # who sleeps cannot hear that it is to end
                child.resume()


def put_worker_to_sleep() -> None:
    """Let worker and planner do nothing from now on: what is measured is not theirs."""
    for child in psutil.Process().children(recursive=True):
        if child.cmdline()[-1:] in (["worker"], ["planner"]):
            child.suspend()
