"""A robot that looks at the addresses of the `live` process changes nothing either; a phone's report carries a place, looking does not."""

import re
from pathlib import Path

import pytest

from blisko.access.models import Key
from blisko.field.tests.make import a_technician
from blisko.kit import clock
from blisko.live.adapters import process
from blisko.live.models import Fix
from blisko.live.tests.doors import LiveProcess, a_phone
from tests.looking import LOOKS, marks


def paths() -> list[str]:
    """Every path the process knows, read from its own source: a new one is looked at by itself."""
    return re.findall(r'path(?:\.startswith\(| == )"([^"]+)"', Path(process.__file__).read_text())


@pytest.mark.django_db(transaction=True)
def test_looking_at_the_live_process_changes_nothing(live: LiveProcess) -> None:
    _, token = a_phone(a_technician(clock.now()).pk, clock.now(), "osmand")
    known = paths()
    assert {"/p/", "/stream", "/healthz"} <= set(known)
    before = marks()
    for path in [*known, f"/p/{token}", "/p/guessed?lat=52&lon=19&timestamp=1", "/stream?ticket=guessed", "/unknown"]:
        for method, headers in LOOKS:
            status, _ = live.ask(path, method=method, headers=dict(headers))
            assert status < 500
    after = marks()
    assert {table for table in after if after[table] != before.get(table)} == set()
    assert not Fix.objects.exists()
    assert Key.objects.filter(last_used_at=None).exists()
