"""Signatures, addresses and waits, from values alone."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blisko.webhooks.errors import BadEndpoint
from blisko.webhooks.rules import (
    AT_ONCE,
    FIRST_WAIT,
    LONGEST_REST,
    LONGEST_WAIT,
    PATIENCE,
    VisitEventType,
    calls_at_once,
    check_endpoint,
    rest_after,
    signature,
    wait_after,
)

AT = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
ALL = tuple(VisitEventType)


def test_signature_is_over_timestamp_dot_body_once_per_secret() -> None:
    stamp, new, old = signature(["new", "old"], AT, b'{"a": 1}').split(",")
    assert stamp == f"t={int(AT.timestamp())}"
    for found, secret in ((new, b"new"), (old, b"old")):
        assert found == "v1=" + hmac.new(secret, f"{int(AT.timestamp())}.".encode() + b'{"a": 1}', hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://",
        "https://u:p@example.com/",
        "https://localhost/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://a.internal/",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "https://example.com/\n",
        "x",
        "https://[bad/",
        "https://example.com/" + "x" * 500,
        "https://exämple.com/",
        "https://example.com:0/",
    ],
)
def test_address_we_would_not_call_is_refused(url: str) -> None:
    with pytest.raises(BadEndpoint):
        check_endpoint(url, ALL, private=False)


def test_addresses_we_call_and_events_we_know() -> None:
    check_endpoint("https://example.com:8443/hooks?x=1", ALL, private=False)
    check_endpoint("http://10.0.0.1:8080/hooks", ALL, private=True)
    for types in ([], ["visit.burnt"]):
        with pytest.raises(BadEndpoint):
            check_endpoint("https://example.com/", types, private=False)


@given(attempts=st.integers(1, 1000), chance=st.floats(0, 1, exclude_max=True), asked=st.none() | st.integers(1, 10**6))
def test_wait_grows_to_an_hour_and_never_ends(attempts: int, chance: float, asked: int | None) -> None:
    wait = wait_after(attempts, chance, timedelta(seconds=asked) if asked else None)
    assert FIRST_WAIT / 2 <= wait <= LONGEST_WAIT
    assert wait >= min(FIRST_WAIT * 2 ** min(attempts - 1, 20), LONGEST_WAIT) / 2
    assert asked is None or wait >= min(timedelta(seconds=asked), LONGEST_WAIT)


def test_receiver_that_fails_is_left_alone_longer_and_longer_and_asked_with_one_message() -> None:
    assert [rest_after(n) for n in range(PATIENCE)] == [timedelta(0)] * PATIENCE
    rests = [rest_after(n) for n in range(PATIENCE, 40)]
    assert rests == sorted(rests)
    assert rests[0] == FIRST_WAIT
    assert rests[-1] == LONGEST_REST
    assert (calls_at_once(0), calls_at_once(PATIENCE)) == (AT_ONCE, 1)
