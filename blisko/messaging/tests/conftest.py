from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from blisko.messaging.tests.gateway import Gateway, running_gateway

BODY = '{"to": "{phone}", "text": "{message}", "reference": "{reference}"}'


@pytest.fixture(scope="session")
def gateway_process() -> Iterator[Gateway]:
    with running_gateway() as gateway:
        yield gateway


@pytest.fixture
def gateway(gateway_process: Gateway, settings: Settings) -> Gateway:
    """A real gateway behind HTTP that de-duplicates by reference, and we know that it does."""
    gateway_process.reset()
    plug_in(settings, gateway_process, repeatable=True)
    return gateway_process


@pytest.fixture
def forgetful_gateway(gateway_process: Gateway, settings: Settings) -> Gateway:
    """A real gateway of which we know no such thing."""
    gateway_process.reset()
    plug_in(settings, gateway_process, repeatable=False)
    return gateway_process


def plug_in(settings: Settings, gateway: Gateway, **options: object) -> None:
    settings.BLISKO_PLUGS = {**settings.BLISKO_PLUGS, "messaging.sms": "blisko.messaging.adapters.http.HttpSms"}
    given = {"url": f"{gateway.url}/send", "body": BODY, "timeout": 1.5, "reference_in": r'"id": "([^"]+)"', **options}
    settings.BLISKO_PLUG_OPTIONS = {**settings.BLISKO_PLUG_OPTIONS, "messaging.sms": given}
