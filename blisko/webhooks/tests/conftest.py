from collections.abc import Iterator

import pytest
from pytest_django import Settings

from blisko.kit import clock
from blisko.webhooks.tests.make import NOW, at
from blisko.webhooks.tests.receiver import Receiver, a_receiver, serving


@pytest.fixture(autouse=True)
def _here(settings: Settings) -> None:
    """Let webhooks go to this machine, with little patience, on a morning of our own."""
    settings.BLISKO_WEBHOOK_PRIVATE = True
    given = {"timeout": 0.4, "private": True}
    settings.BLISKO_PLUG_OPTIONS = {**settings.BLISKO_PLUG_OPTIONS, "webhooks.receivers": given}
    at(settings, NOW)
    assert not clock.speed() > 1


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that listens and is well."""
    with serving(a_receiver()) as found:
        yield found
