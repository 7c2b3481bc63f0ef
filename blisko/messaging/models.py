import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from blisko.messaging.rules.delivery import DELIVERY_LIFE, Channel, DeliveryState

UNSETTLED = Q(state__in=[DeliveryState.QUEUED, DeliveryState.FAILED, DeliveryState.SENDING])
CHANNELS = [(channel.value, channel.value) for channel in Channel]


class Template(models.Model):
    """The text in force for one message on one channel in one language."""

    code = models.CharField(max_length=40)
    channel = models.CharField(max_length=10, choices=CHANNELS)
    language = models.CharField(max_length=5)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    transliterate = models.BooleanField(default=True)
    updated_at = models.DateTimeField()
    updated_by = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "channel", "language"], name="one_text_per_message_channel_language")]

    def __str__(self) -> str:
        return f"{self.code} {self.channel} {self.language}"


class PastText(models.Model):
    """A text that was in force until somebody wrote a new one."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="past")
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    transliterate = models.BooleanField()
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=80)
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["-replaced_at", "-id"]

    def __str__(self) -> str:
        return f"{self.template_id} until {self.replaced_at:%F %T}"


class Delivery(models.Model):
    """One message to one address: what it says, how far it got, and why."""

    LIFE: ClassVar = DELIVERY_LIFE

    key = models.CharField(max_length=200, unique=True)
    # Ours at the gateway. Not the id: a rebuilt database would count from 1 again, and a gateway that de-duplicates would swallow it.
    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=40)
    channel = models.CharField(max_length=10, choices=CHANNELS)
    address = models.CharField(max_length=254)
    language = models.CharField(max_length=5)
    subject = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    link_key = models.BigIntegerField(null=True)
    parts = models.PositiveSmallIntegerField(default=1)
    about = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=12, default=DeliveryState.QUEUED, choices=[(state.value, state.value) for state in DeliveryState])
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    useful_until = models.DateTimeField(null=True)
    next_attempt_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    provider_reference = models.CharField(max_length=200, blank=True, db_index=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["about", "id"]),
            models.Index(fields=["created_at"]),
            models.Index(fields=["channel", "address", "id"], condition=UNSETTLED, name="unsettled_by_address"),
            models.Index(fields=["next_attempt_at"], condition=UNSETTLED, name="unsettled_by_time"),
            models.Index(fields=["created_at"], condition=Q(state="in_doubt"), name="in_doubt_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.channel} {self.state}"


class OptOut(models.Model):
    """An address whose owner wants no more messages."""

    channel = models.CharField(max_length=10, choices=CHANNELS)
    address = models.CharField(max_length=254)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "address"], name="one_opt_out_per_address")]

    def __str__(self) -> str:
        return f"{self.channel} opt-out"


class Subscription(models.Model):
    """A browser that a customer allowed to show the messages about one thing, until the link it was allowed from ends."""

    about = models.CharField(max_length=80)
    key = models.ForeignKey("access.Key", on_delete=models.CASCADE, related_name="+")
    mark = models.CharField(max_length=24)
    endpoint = models.TextField()
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["about", "mark"], name="one_subscription_per_browser_and_thing")]

    def __str__(self) -> str:
        return f"push:{self.pk}"


class DemoMessage(models.Model):
    """What arrived at a customer's telephone or mailbox in the demo; one row per reference, however often it is sent."""

    reference = models.UUIDField(unique=True)
    channel = models.CharField(max_length=10, choices=CHANNELS)
    address = models.CharField(max_length=254)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    parts = models.PositiveSmallIntegerField(default=1)
    language = models.CharField(max_length=5, default="en")
    arrived_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["address", "id"])]

    def __str__(self) -> str:
        return f"{self.channel} {self.arrived_at:%F %T}"
