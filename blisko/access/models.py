from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Key(models.Model):
    """Permission as data: `holder` (or whoever shows the token) may enter what the key opens, until it ends."""

    kind = models.CharField(max_length=20)
    holder = models.CharField(max_length=80)
    opens = models.CharField(max_length=80)
    scopes = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    token_hash = models.BinaryField(null=True, unique=True, editable=False)
    nonce = models.BinaryField(null=True, editable=False)
    label = models.CharField(max_length=120, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=80)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["opens"]), models.Index(fields=["holder"])]
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "opens"], condition=Q(token_hash=None, revoked_at=None), name="one_open_key_per_holder_and_thing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.holder} → {self.opens}"


class AuditEntry(models.Model):
    """Who did what to what, and when; rows are only added."""

    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=120, blank=True)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=80, db_index=True)
    detail = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return f"{self.actor_name or self.actor} {self.verb} {self.subject}"


class RateCount(models.Model):
    """How often something was tried in one stretch of time."""

    bucket = models.CharField(max_length=120)
    window = models.BigIntegerField()
    tries = models.IntegerField(default=0)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bucket", "window"], name="one_count_per_bucket_and_window")]

    def __str__(self) -> str:
        return f"{self.bucket}: {self.tries}"


class RetentionRule(models.Model):
    """How long one kind of personal data is kept; an admin may shorten or lengthen it."""

    name = models.CharField(max_length=60, unique=True)
    says = models.CharField(max_length=200)
    days = models.PositiveIntegerField()
    last_run_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_deleted = models.PositiveIntegerField(default=0, editable=False)

    def __str__(self) -> str:
        return f"{self.name}: {self.days} d"


class Answered(models.Model):
    """An API answer kept by its idempotency key, so that a repeated request gets the same answer and does nothing twice."""

    holder = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    request_hash = models.BinaryField()
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(F("holder"), F("key"), name="one_answer_per_idempotency_key")]

    def __str__(self) -> str:
        return f"{self.holder} {self.key}"
