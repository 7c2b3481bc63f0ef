"""Whoever guesses links learns nothing, is stopped, and keeps nobody else out."""

import gc
import secrets
import statistics
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from blisko.access.rules import network_of
from blisko.live.middleware import GUESSES, PER_SECONDS
from blisko.live.tests.make import a_link

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
TOKENS = 10_000


@pytest.fixture(autouse=True)
def _clock(settings: Settings) -> None:
    settings.BLISKO_CLOCK = f"{NOW.isoformat()}@{time.time()}*0"


def a_guess(n: int) -> str:
    return secrets.token_urlsafe(20) if n % 4 else secrets.token_urlsafe(1 + n % 60)


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_ten_thousand_random_links_lead_nowhere_in_one_shape(artefacts: Path) -> None:
    story = a_link(NOW)
    shapes: dict[int, set[tuple[bytes, str]]] = {}
    seen: Counter[int] = Counter()
    took: list[float] = []
    client = Client()
    client.get("/v/warm")
    gc.disable()
    for n in range(TOKENS):
        # Every 40th from the same address; the others each from a network of their own, so that the limit does not hide the shape.
        asker = "203.0.113.9" if n % 40 == 0 else f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}"
        started = time.perf_counter()
        answer = client.get(f"/v/{a_guess(n)}", REMOTE_ADDR=asker)
        took.append(time.perf_counter() - started)
        seen[answer.status_code] += 1
        headers = "\n".join(f"{name}: {value}" for name, value in sorted(answer.items()))
        shapes.setdefault(answer.status_code, set()).add((answer.content, headers))
    gc.enable()
    assert seen == {404: TOKENS - (TOKENS // 40 - GUESSES), 429: TOKENS // 40 - GUESSES}
    assert {status: len(found) for status, found in shapes.items()} == {404: 1, 429: 1}
    assert "Retry-After" in next(iter(shapes[429]))[1]
    assert client.get(story.path, REMOTE_ADDR="203.0.113.9").status_code == 200
    cuts = statistics.quantiles(took, n=100)
    said = f"{TOKENS} random links: p50 {cuts[49] * 1e3:.2f} ms, p90 {cuts[89] * 1e3:.2f} ms, p99 {cuts[98] * 1e3:.2f} ms, {dict(seen)}\n"
    (artefacts / "link-guesses.txt").write_text(said)


@pytest.mark.django_db
def test_guesser_is_told_to_wait_and_his_neighbour_is_not_kept_out() -> None:
    story, client = a_link(NOW), Client()
    for n in range(GUESSES):
        assert client.get(f"/v/nothing{n}").status_code == 404
    told = client.get("/v/nothing")
    assert told.status_code == 429
    assert 0 < int(told["Retry-After"]) <= PER_SECONDS
    assert client.get("/v/nothing", headers={"HX-Request": "true"}).status_code == 429
    assert client.get(story.path).status_code == 200
    assert client.get("/v/nothing", REMOTE_ADDR="198.51.100.4").status_code == 404


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "network"),
    [
        ("203.0.113.9", "", [], "203.0.113.9"),
        ("203.0.113.9", "1.2.3.4", [], "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4", ["10.0.0.0/8"], "1.2.3.4"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", ["10.0.0.0/8"], "1.2.3.4"),
        ("10.0.0.1", "", ["10.0.0.0/8"], "10.0.0.1"),
        ("10.0.0.1", "not an address", ["10.0.0.0/8"], "unknown"),
        ("2001:db8:1:2:3:4:5:6", "", [], "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "", [], "203.0.113.9"),
        ("", "", [], "unknown"),
    ],
)
def test_asker_is_known_by_the_last_address_nobody_of_ours_wrote(peer: str, forwarded: str, trusted: list[str], network: str) -> None:
    assert network_of(peer, forwarded, trusted) == network
