"""Addresses of strangers, from values alone."""

import pytest

from blisko.kit.addresses import is_public, may_be_called, names_private


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "2001:0:1::1",
    ],
)
def test_private_address_is_known_in_every_spelling(address: str) -> None:
    assert not is_public(address)
    assert names_private(f"[{address}]" if ":" in address else address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2a00:1450:4001:81b::200e", "::ffff:93.184.216.34"])
def test_public_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "open_to_all"),
    [
        ("https://push.example/send/1?x=2", True),
        ("http://push.example/send/1", False),
        ("https://10.0.0.1/send", False),
        ("https://LocalHost/send", False),
        ("https://192.168.1.1:8443/", False),
    ],
)
def test_private_address_is_called_only_where_that_is_allowed(url: str, open_to_all: bool) -> None:
    assert may_be_called(url, private=False, longest=100) is open_to_all
    assert may_be_called(url, private=True, longest=100)


@pytest.mark.parametrize("url", ["", "ftp://push.example/", "https://u:p@push.example/", "https://push.example:0/", "https://a.example/ x"])
def test_what_is_no_address_is_never_called(url: str) -> None:
    assert not may_be_called(url, private=True, longest=100)
    assert not may_be_called("https://push.example/" + "x" * 100, private=True, longest=100)
