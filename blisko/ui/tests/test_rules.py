"""What a page may load."""

import pytest

from blisko.ui.rules import content_security_policy, origin


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://tiles.example.org/v/{z}/{x}/{y}.pbf?key=1", "https://tiles.example.org"),
        ("http://localhost:8001", "http://localhost:8001"),
        ("", ""),
        ("/map/tiles", ""),
    ],
)
def test_an_address_is_cut_to_its_origin(url: str, found: str) -> None:
    assert origin(url) == found


def test_pages_connect_to_the_named_origins_and_nowhere_else() -> None:
    policy = content_security_policy(["http://live:8001/stream", "", "https://tiles.example.org/{z}"])
    assert policy["connect-src"] == ["'self'", "http://live:8001", "https://tiles.example.org"]


def test_nothing_inline_and_no_foreign_script_is_allowed() -> None:
    policy = content_security_policy(["https://tiles.example.org/{z}"])
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == policy["worker-src"] == ["'self'"]
    assert not [value for values in policy.values() for value in values if value.startswith("'unsafe")]


def test_form_may_end_at_the_single_sign_on_and_nowhere_else() -> None:
    assert content_security_policy(forms_to=["https://login.example.org/realm", ""])["form-action"] == ["'self'", "https://login.example.org"]
    assert content_security_policy()["form-action"] == ["'self'"]
