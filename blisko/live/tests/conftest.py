from collections.abc import Iterator

import pytest

from blisko.live.tests.doors import LiveProcess, live_process


@pytest.fixture(scope="session")
def live_of_the_session(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveProcess]:
    with live_process(tmp_path_factory.mktemp("live"), "live") as live:
        yield live


@pytest.fixture
def live(transactional_db: None, live_of_the_session: LiveProcess) -> LiveProcess:
    """A real `live` process over the test's database."""
    return live_of_the_session
