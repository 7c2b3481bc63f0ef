import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blisko.access.errors import Forbidden
from blisko.access.rules import NOBODY, SYSTEM, Actor, ActorKind, derive_token, hash_token, network_of, require

ANN = Actor(ActorKind.PERSON, "user:1", "Ann", frozenset({"visits.book"}))


@pytest.mark.parametrize(
    ("actor", "permission", "may"),
    [
        (ANN, "visits.book", True),
        (ANN, "visits.cancel", False),
        (ANN, "", False),
        (NOBODY, "visits.book", False),
        (SYSTEM, "visits.book", True),
        (Actor(ActorKind.PERSON, "system"), "visits.book", False),  # a name makes nobody the house
        *((Actor(kind, "key:1"), "visits.book", False) for kind in (ActorKind.LINK, ActorKind.DEVICE, ActorKind.PROGRAM)),
    ],
)
def test_actor_may_what_is_given_to_him_and_the_house_everything(actor: Actor, permission: str, may: bool) -> None:
    assert actor.may(permission) == may
    if may:
        require(actor, permission)
    else:
        with pytest.raises(Forbidden) as no:
            require(actor, permission)
        assert no.value.details == {"permission": permission}


@given(st.binary(min_size=1, max_size=60), st.integers(1, 2**62), st.binary(min_size=20, max_size=20))
def test_token_fits_an_address_and_is_the_same_each_time(secret: bytes, key_id: int, nonce: bytes) -> None:
    token = derive_token(secret, key_id, nonce)
    assert len(token) == 27
    assert set(token) <= set(string.ascii_letters + string.digits + "-_")
    assert derive_token(secret, key_id, nonce) == token
    assert derive_token(secret, key_id + 1, nonce) != token
    assert derive_token(secret + b"x", key_id, nonce) != token


@given(st.text())
def test_whatever_a_stranger_shows_as_token_is_hashed_to_32_bytes(words: str) -> None:
    assert len(hash_token(words)) == 32


PROXIES = ("10.0.0.0/8", "fd00::/8")


@pytest.mark.parametrize(
    ("peer", "forwarded", "who"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # a stranger's word for himself counts for nothing
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.7, 198.51.100.1", "198.51.100.1"),  # only the last that a proxy of ours saw
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", " , ,198.51.100.1 ,", "198.51.100.1"),
        ("10.0.0.1", "<script>", "unknown"),
        ("10.0.0.1", "198.51.100.1, nonsense", "unknown"),
        ("", "198.51.100.1", "unknown"),
        ("fd00::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "", "203.0.113.9"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),  # our proxy, seen through a socket of both families
    ],
)
def test_who_asks_is_told_by_our_own_proxies_only(peer: str, forwarded: str, who: str) -> None:
    assert network_of(peer, forwarded, PROXIES) == who


@given(st.text(alphabet="0123456789abcdef.:, x", max_size=60))
def test_no_header_lets_a_stranger_be_somebody_else(forwarded: str) -> None:
    assert network_of("203.0.113.9", forwarded, PROXIES) == "203.0.113.9"


@given(st.sampled_from(["10.0.0.1", "203.0.113.9", "fd00::1", "x"]), st.text(max_size=40), st.sampled_from([PROXIES, ()]))
def test_any_header_gives_an_answer(peer: str, forwarded: str, trusted: tuple[str, ...]) -> None:
    assert network_of(peer, forwarded, trusted)
