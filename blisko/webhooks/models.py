import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from blisko.webhooks.rules import CALL_LIFE, ENDPOINT_LIFE, CallState, EndpointState


class Endpoint(models.Model):
    """An address that is told of visits; its secrets are keys of kind `webhook` in access, derived and never stored.

    `rounds`: since its last good answer, rounds without one. `rests_until`: it is left alone until then.
    """

    LIFE: ClassVar = ENDPOINT_LIFE
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    types = ArrayField(models.CharField(max_length=40))
    state = models.CharField(max_length=10, choices=[(s, s) for s in EndpointState], default=EndpointState.ACTIVE)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=80)
    rounds = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name

    @property
    def opens(self) -> str:
        """What the keys open that are its secrets."""
        return f"webhook:{self.pk}"


class VisitEvent(models.Model):
    """What happened to a visit, as it is told to every endpoint: the body to the byte."""

    event_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(max_length=160, unique=True)
    visit_id = models.BigIntegerField()
    sequence = models.PositiveIntegerField()
    type = models.CharField(max_length=40)
    at = models.DateTimeField(db_index=True)
    body = models.TextField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit_id", "sequence"], name="one_event_per_visit_and_sequence")]

    def __str__(self) -> str:
        return f"{self.visit_id}/{self.sequence} {self.type}"


class Call(models.Model):
    """One event on its way to one endpoint. It waits until it is taken or a person skips it; a later one of its visit waits behind it."""

    LIFE: ClassVar = CALL_LIFE
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="calls")
    event = models.ForeignKey(VisitEvent, on_delete=models.CASCADE, related_name="calls")
    visit_id = models.BigIntegerField()
    sequence = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=[(s, s) for s in CallState], default=CallState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    last_said = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "event"], name="one_call_per_endpoint_and_event")]
        indexes = [
            models.Index(fields=["endpoint", "visit_id", "sequence"], condition=Q(state="waiting"), name="call_line_of_visit"),
            models.Index(fields=["endpoint", "next_attempt_at"], condition=Q(state="waiting"), name="call_due"),
            models.Index(fields=["endpoint", "-id"], name="call_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint_id} ← {self.event_id}"
