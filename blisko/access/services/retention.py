import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from blisko.access.models import Answered, AuditEntry, Key, RateCount, RetentionRule
from blisko.access.rules import PROMISES, SYSTEM, Promise, Purge
from blisko.access.services.audit import write_audit

log = logging.getLogger(__name__)


def keep_days(name: str, days: int, says: str) -> Callable[[Purge], Purge]:
    """Declare how long one kind of data is kept: the decorated function deletes what is older than its argument, answers how many."""

    def keep(purge: Purge) -> Purge:
        PROMISES[name] = Promise(name, says, days, purge)
        return purge

    return keep


def run_retention(*, now: datetime) -> dict[str, int]:
    """Delete everything older than its rule allows; answer how many rows of each kind went.

    What cannot be deleted now holds up nothing else; it is told as an `ExceptionGroup` once all the rest is done, to be run again.
    """
    gone: dict[str, int] = {}
    faults: list[Exception] = []
    for promise in PROMISES.values():
        try:
            gone[promise.name] = _kept(promise, now)
        except Exception as fault:
            log.exception("%s could not be deleted", promise.name)
            faults.append(fault)
    if faults:
        raise ExceptionGroup("some data are kept longer than promised", faults)
    return gone


@transaction.atomic
def _kept(promise: Promise, now: datetime) -> int:
    rule, _ = RetentionRule.objects.get_or_create(name=promise.name, defaults={"says": promise.says, "days": promise.days})
    deleted = promise.purge(now - timedelta(days=rule.days))
    rule.last_run_at, rule.last_deleted = now, deleted
    rule.save(update_fields=["last_run_at", "last_deleted"])
    if deleted:
        write_audit(SYSTEM, "retention", promise.name, now=now, detail={"deleted": deleted})
    return deleted


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
