from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from blisko.access import queries, services
from blisko.access.errors import EndedKey, LostSecret, TooFast, UnknownKey
from blisko.access.models import AuditEntry, Key, RetentionRule
from blisko.access.rules import PROMISES, SYSTEM, Actor, ActorKind, KeyKind, derive_token, hash_token

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ANN = Actor(ActorKind.PERSON, "user:1", "Ann")
pytestmark = pytest.mark.django_db


def test_key_opens_until_it_ends_or_is_taken_back() -> None:
    services.give_key("user:1", "visit:42", by=SYSTEM, now=NOW, until=NOW + timedelta(hours=1))
    assert queries.opens(ANN, "visit:42", now=NOW)
    assert not queries.opens(ANN, "visit:43", now=NOW)
    assert not queries.opens(ANN, "visit:42", now=NOW + timedelta(hours=1))
    services.take_key("user:1", "visit:42", by=SYSTEM, now=NOW)
    assert not queries.opens(ANN, "visit:42", now=NOW)


def test_giving_twice_is_one_key_and_both_are_written_down() -> None:
    for _ in range(2):
        services.give_key("user:1", "visit:42", by=SYSTEM, now=NOW)
    assert Key.objects.count() == 1
    assert list(AuditEntry.objects.values_list("verb", "subject")) == [("give_key", "visit:42")] * 2


def test_token_is_not_in_the_database_and_can_be_shown_again() -> None:
    key = services.give_token(KeyKind.LINK, holder="customer:1", opens="visit:42", by=SYSTEM, now=NOW)
    token = services.reveal_token(key.pk)
    stored = Key.objects.get()
    assert len(token) == 27
    assert bytes(stored.token_hash or b"") == hash_token(token)
    assert token not in str([getattr(stored, f.attname) for f in Key._meta.fields])
    assert queries.actor_by_token(token, kind=KeyKind.LINK, now=NOW).id == f"key:{key.pk}"


def test_unknown_and_ended_tokens_are_told_apart() -> None:
    key = services.give_token(KeyKind.LINK, holder="customer:1", opens="visit:42", by=SYSTEM, now=NOW, until=NOW + timedelta(days=1))
    token = services.reveal_token(key.pk)
    with pytest.raises(UnknownKey):
        queries.key_by_token("A" * 27, kind=KeyKind.LINK, now=NOW)
    with pytest.raises(UnknownKey):
        queries.key_by_token(token, kind=KeyKind.API, now=NOW)
    with pytest.raises(EndedKey):
        queries.key_by_token(token, kind=KeyKind.LINK, now=NOW + timedelta(days=1))
    services.revoke_key(key.pk, by=SYSTEM, now=NOW)
    with pytest.raises(EndedKey):
        queries.key_by_token(token, kind=KeyKind.LINK, now=NOW)


def test_another_server_secret_derives_another_token() -> None:
    assert derive_token(b"one", 1, b"n") != derive_token(b"two", 1, b"n")
    assert derive_token(b"one", 1, b"n") != derive_token(b"one", 2, b"n")


def test_token_made_under_another_server_secret_is_never_sent(settings: Settings) -> None:
    key = services.give_token(KeyKind.LINK, holder="customer:1", opens="visit:42", by=SYSTEM, now=NOW)
    settings.SECRET_KEY = "another secret"
    with pytest.raises(LostSecret):
        services.reveal_token(key.pk)


def test_rate_limit_is_reached_told_and_over_in_the_next_window() -> None:
    for _ in range(3):
        services.spend("door:1.2.3.4", limit=3, per=60, now=NOW)
    with pytest.raises(TooFast) as refusal:
        services.spend("door:1.2.3.4", limit=3, per=60, now=NOW)
    assert refusal.value.retry_after == 60
    services.spend("door:1.2.3.4", limit=3, per=60, now=NOW + timedelta(seconds=60))
    services.spend("door:5.6.7.8", limit=3, per=60, now=NOW)


def test_what_cannot_be_deleted_now_holds_up_nothing_else_and_is_told() -> None:
    def fails(before: datetime) -> int:
        raise OSError("the store is away")

    services.write_audit(ANN, "looked", "visit:1", now=NOW - timedelta(days=800))
    try:
        services.keep_days("aaa.first", 1, "What cannot be deleted")(fails)
        PROMISES.update({name: PROMISES.pop(name) for name in list(PROMISES) if name != "aaa.first"})  # it comes first
        with pytest.raises(ExceptionGroup) as told:
            services.run_retention(now=NOW)
    finally:
        del PROMISES["aaa.first"]
    assert [str(one) for one in told.value.exceptions] == ["the store is away"]
    assert not AuditEntry.objects.filter(verb="looked").exists()
    assert not RetentionRule.objects.filter(name="aaa.first", last_run_at__isnull=False).exists()


def test_retention_deletes_what_is_older_than_its_rule_and_says_so() -> None:
    services.write_audit(ANN, "looked", "visit:1", now=NOW - timedelta(days=800))
    services.write_audit(ANN, "looked", "visit:2", now=NOW - timedelta(days=10))
    gone = services.run_retention(now=NOW)
    assert gone["access.audit"] == 1
    assert set(AuditEntry.objects.filter(verb="looked").values_list("subject", flat=True)) == {"visit:2"}
    RetentionRule.objects.filter(name="access.audit").update(days=5)
    services.run_retention(now=NOW)
    assert not AuditEntry.objects.filter(verb="looked").exists()
