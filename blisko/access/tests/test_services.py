"""Keys, programs' keys, answers kept, tries counted: every refusal, every double call, and who is faster."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from blisko.access import queries, services
from blisko.access.errors import EndedKey, Forbidden, KeyReused, StillAtIt, TooFast, UnknownKey, UnknownScope
from blisko.access.models import Answered, AuditEntry, Key, RateCount
from blisko.access.rules import NOBODY, SYSTEM, Actor, ActorKind, KeyKind
from blisko.access.services import Answer
from blisko.kit.errors import WrongMoment
from blisko.kit.tests.at_once import AtOnce

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ANN = Actor(ActorKind.PERSON, "user:1", "Ann")
KEEPER = Actor(ActorKind.PERSON, "user:2", "Ewa", frozenset({"access.manage_keys", "access.see_audit", "customers.see"}))
pytestmark = pytest.mark.django_db


def told() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def a_link(opens: str = "visit:42", until: datetime | None = None) -> Key:
    return services.give_token(KeyKind.LINK, holder="customer:1", opens=opens, by=SYSTEM, now=NOW, until=until)


def test_key_given_again_moves_its_end_and_after_it_was_taken_is_a_new_one() -> None:
    first = services.give_key("user:1", "visit:42", by=SYSTEM, now=NOW, until=NOW + DAY)
    assert services.give_key("user:1", "visit:42", by=SYSTEM, now=NOW, until=NOW + 2 * DAY) == first
    assert queries.opened_ids(ANN, "visit", now=NOW + DAY) == [42]
    for _ in range(2):
        services.take_key("user:1", "visit:42", by=SYSTEM, now=NOW)
    assert services.give_key("user:1", "visit:42", by=SYSTEM, now=NOW) != first
    assert told() == ["give_key", "give_key", "take_key", "give_key"]


def test_link_opens_one_thing_for_whoever_shows_it() -> None:
    link = queries.actor_by_token(services.reveal_token(a_link().pk), kind=KeyKind.LINK, now=NOW)
    assert queries.opens(link, "visit:42", now=NOW)
    assert not queries.opens(link, "visit:4", now=NOW)
    assert queries.opened_ids(link, "visit", now=NOW) == [42]
    assert not queries.opens(NOBODY, "visit:42", now=NOW)


def test_end_of_a_key_moves_and_a_move_to_the_same_end_is_none() -> None:
    key = a_link(until=NOW + DAY)
    for _ in range(2):
        services.move_key_end(key.pk, until=NOW + 3 * DAY, by=SYSTEM, now=NOW)
    assert told() == ["give_token", "move_key_end"]
    assert queries.key_by_token(services.reveal_token(key.pk), kind=KeyKind.LINK, now=NOW + 2 * DAY) == key


def test_every_link_to_one_thing_ends_and_no_other() -> None:
    a_link()
    a_link()
    other = a_link("visit:4")
    services.give_key("user:1", "visit:42", by=SYSTEM, now=NOW)
    assert services.revoke_keys_to("visit:42", KeyKind.LINK, by=SYSTEM, now=NOW) == 2
    assert services.revoke_keys_to("visit:42", KeyKind.LINK, by=SYSTEM, now=NOW) == 0
    assert queries.opens(ANN, "visit:42", now=NOW)
    assert list(Key.objects.filter(kind=KeyKind.LINK, revoked_at=None)) == [other]


def test_key_ended_twice_ended_when_it_ended_first() -> None:
    key = a_link()
    for hours in (0, 1):
        services.revoke_key(key.pk, by=SYSTEM, now=NOW + timedelta(hours=hours))
    key.refresh_from_db()
    assert (key.revoked_at, told().count("revoke_key")) == (NOW, 1)


def test_program_gets_what_exists_and_its_giver_has() -> None:
    key = services.issue_api_key(" billing ", ["customers.see", "customers.see"], actor=KEEPER, now=NOW, until=NOW + DAY)
    assert (key.label, key.holder, key.scopes) == ("billing", "program:billing", ["customers.see"])
    token = services.reveal_token(key.pk)
    program = queries.actor_by_token(token, kind=KeyKind.API, now=NOW)
    assert (program.kind, program.name, program.permissions) == (ActorKind.PROGRAM, "billing", {"customers.see"})
    with pytest.raises(EndedKey):
        queries.actor_by_token(token, kind=KeyKind.API, now=NOW + DAY)
    with pytest.raises(UnknownScope) as unknown:
        services.issue_api_key("x", ["customers.see", "customers.eat", "all"], actor=KEEPER, now=NOW)
    assert unknown.value.details == {"scopes": ["all", "customers.eat"]}
    with pytest.raises(Forbidden) as beyond:
        services.issue_api_key("x", ["customers.see", "customers.edit"], actor=KEEPER, now=NOW)
    assert beyond.value.details == {"scopes": ["customers.edit"]}
    with pytest.raises(Forbidden):
        services.issue_api_key("x", [], actor=ANN, now=NOW)


def test_program_s_key_is_ended_by_who_keeps_keys_and_only_a_program_s() -> None:
    key, link = services.issue_api_key("billing", [], actor=KEEPER, now=NOW), a_link()
    with pytest.raises(Forbidden):
        services.revoke_api_key(key.pk, actor=ANN, now=NOW)
    for wrong in (0, link.pk):
        with pytest.raises(UnknownKey):
            services.revoke_api_key(wrong, actor=KEEPER, now=NOW)
    for _ in range(2):
        services.revoke_api_key(key.pk, actor=KEEPER, now=NOW)
    with pytest.raises(EndedKey):
        queries.actor_by_token(services.reveal_token(key.pk), kind=KeyKind.API, now=NOW)
    assert told().count("revoke_key") == 1


def test_audit_keeps_who_what_and_when_and_is_not_for_everybody() -> None:
    long = Actor(ActorKind.PERSON, "user:1", "A" * 300)
    services.write_audit(long, "looked", "visit:1", now=NOW)
    services.write_audit(ANN, "moved", "visit:1", now=NOW + DAY, detail={"to": "noon"})
    newest, oldest = queries.audit_of(KEEPER, "visit:1")
    assert (newest.actor, newest.actor_name, newest.verb, newest.detail, newest.at) == ("user:1", "Ann", "moved", {"to": "noon"}, NOW + DAY)
    assert (oldest.actor_name, oldest.detail) == ("A" * 120, {})
    with pytest.raises(Forbidden):
        queries.audit_of(ANN, "visit:1")


def test_same_request_is_answered_again_and_done_once() -> None:
    done: list[int] = []

    def ask(holder: str = "key:1", key: str = "a", request: bytes = b"1") -> Answer:
        return services.answer_once(holder, key, request, lambda: done.append(1) or Answer(201, {"id": len(done)}), now=NOW)  # type: ignore[func-returns-value]

    assert ask() == Answer(201, {"id": 1})
    assert ask() == Answer(201, {"id": 1}, replayed=True)
    with pytest.raises(KeyReused):
        ask(request=b"2")
    assert ask(key="b").body == {"id": 2}
    assert ask(holder="key:2").body == {"id": 3}


def test_refusal_is_not_kept_so_that_asking_again_tries_again() -> None:
    def refuse() -> Answer:
        services.write_audit(ANN, "tried", "visit:1", now=NOW)
        raise WrongMoment

    with pytest.raises(WrongMoment):
        services.answer_once("key:1", "a", b"1", refuse, now=NOW)
    assert (Answered.objects.count(), told()) == (0, [])
    assert services.answer_once("key:1", "a", b"1", lambda: Answer(200, None), now=NOW) == Answer(200, None)


def test_each_kind_of_old_data_is_forgotten_by_its_own_rule() -> None:
    def fill(at: datetime, name: str) -> None:
        services.give_token(KeyKind.LINK, holder="customer:1", opens=name, by=SYSTEM, now=at, until=at)
        services.revoke_key(services.give_key("user:1", name, by=SYSTEM, now=at).pk, by=SYSTEM, now=at)
        services.answer_once("key:1", name, b"1", lambda: Answer(200, None), now=at)
        services.spend(name, limit=1, per=60, now=at)

    for days in (0, 1.5, 3, 100):
        fill(NOW - timedelta(days=days), str(days))
    services.give_key("user:1", "forever", by=SYSTEM, now=NOW - 900 * DAY)
    gone = services.run_retention(now=NOW)
    assert {name: gone[name] for name in gone if name.startswith("access.")} == {
        "access.audit": 1,
        "access.keys": 2,
        "access.answers": 2,
        "access.rates": 3,
    }
    assert sorted(RateCount.objects.values_list("bucket", flat=True)) == ["0"]
    assert Key.objects.filter(opens="forever").exists()
    assert not any(services.run_retention(now=NOW)[name] for name in gone if name.startswith("access."))


def test_key_given_twice_at_once_is_one_key(at_once: AtOnce) -> None:
    said = at_once(*[lambda: services.give_key("user:1", "visit:42", by=SYSTEM, now=NOW)] * 4)
    assert len({one.pk for one in said if isinstance(one, Key)}) == 1
    assert Key.objects.count() == 1


def test_of_tries_at_once_none_is_lost_and_none_is_free(at_once: AtOnce) -> None:
    said = at_once(*[lambda: services.spend("door", limit=3, per=60, now=NOW)] * 5)
    assert sorted(one for one in said if isinstance(one, int)) == [1, 2, 3]
    assert sum(isinstance(one, TooFast) for one in said) == 2
    assert RateCount.objects.get().tries == 5


def test_request_sent_again_while_the_first_is_under_way_is_told_to_wait(at_once: AtOnce) -> None:
    begun, refused = threading.Event(), threading.Event()

    def slow() -> Answer:
        begun.set()
        assert refused.wait(20)
        return Answer(201, None)

    def again() -> Answer:
        assert begun.wait(20)
        try:
            return services.answer_once("key:1", "a", b"1", lambda: Answer(500, None), now=NOW)
        finally:
            refused.set()

    first: Callable[[], Answer] = lambda: services.answer_once("key:1", "a", b"1", slow, now=NOW)  # noqa: E731
    said = at_once(first, again)
    assert said[0] == Answer(201, None)
    assert isinstance(said[1], StillAtIt)
    assert said[1].retry_after == 1
