from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from blisko.access.models import Answered, AuditEntry, Key, RateCount, RetentionRule
from blisko.access.rules import PROMISES, SYSTEM, Promise, Purge
from blisko.access.services.audit import write_audit


def keep_days(name: str, days: int, says: str) -> Callable[[Purge], Purge]:
    """Declare how long one kind of data is kept: the decorated function deletes what is older than its argument, answers how many."""

    def keep(purge: Purge) -> Purge:
        PROMISES[name] = Promise(name, says, days, purge)
        return purge

    return keep


def run_retention(*, now: datetime) -> dict[str, int]:
    """Delete everything older than its rule allows; answer how many rows of each kind went."""
    gone: dict[str, int] = {}
    for promise in PROMISES.values():
        with transaction.atomic():
            rule, _ = RetentionRule.objects.get_or_create(name=promise.name, defaults={"says": promise.says, "days": promise.days})
            gone[promise.name] = promise.purge(now - timedelta(days=rule.days))
            rule.last_run_at, rule.last_deleted = now, gone[promise.name]
            rule.save(update_fields=["last_run_at", "last_deleted"])
            if gone[promise.name]:
                write_audit(SYSTEM, "retention", promise.name, now=now, detail={"deleted": gone[promise.name]})
    return gone


@keep_days("access.audit", 730, "Audit trail")
def _forget_audit(before: datetime) -> int:
    return AuditEntry.objects.filter(at__lt=before).delete()[0]


@keep_days("access.keys", 90, "Ended keys and links")
def _forget_keys(before: datetime) -> int:
    return Key.objects.filter(until__lt=before).delete()[0] + Key.objects.filter(revoked_at__lt=before).delete()[0]


@keep_days("access.answers", 2, "Answers kept for idempotency keys")
def _forget_answers(before: datetime) -> int:
    return Answered.objects.filter(at__lt=before).delete()[0]


@keep_days("access.rates", 1, "Counts of tries (by internet address)")
def _forget_rates(before: datetime) -> int:
    return RateCount.objects.filter(at__lt=before).delete()[0]
