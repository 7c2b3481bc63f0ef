"""What technicians hand to each other: visits and shifts offered to colleagues; and who has reported himself sick."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from blisko.planning.rules.swaps import OPEN, SWAP_LIFE, SwapState


class SwapOffer(models.Model):
    """What a technician offers to those colleagues who could take it; the first who accepts (`taker`) gets it.

    It is one `visit`, or the rest of a `shift` until `ends_at` with the visits that lie in it (`visit_ids`; by then there may be fewer).
    `starts_at`: when it was planned to begin (the shift, or the first visit of one under way); then the offer ends by itself.
    """

    LIFE: ClassVar = SWAP_LIFE
    visit = models.ForeignKey("visits.Visit", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    shift = models.ForeignKey("field.Shift", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    visit_ids = models.JSONField(default=list, blank=True)
    technician = models.ForeignKey("field.Technician", on_delete=models.CASCADE, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=[(s, s) for s in SwapState], default=SwapState.OFFERED)
    made_at = models.DateTimeField()
    day = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    taker = models.ForeignKey("field.Technician", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "technician"], condition=Q(state__in=OPEN), name="one_open_offer_of_each"),
            models.UniqueConstraint(fields=["shift"], condition=Q(state__in=OPEN), name="one_open_offer_per_shift"),
            models.CheckConstraint(
                condition=Q(visit__isnull=False, ends_at=None) | Q(visit=None, ends_at__gt=F("starts_at")), name="a_visit_or_a_shift"
            ),
        ]
        indexes = [models.Index(fields=["state", "starts_at"]), models.Index(fields=["technician", "-made_at"])]

    def __str__(self) -> str:
        return f"{self.visit_id or self.starts_at}: {self.state}"


class SwapAsked(models.Model):
    """One colleague who is asked, and what it would mean for him, as it was when he was last asked; see `rules.swaps.Taking`."""

    offer = models.ForeignKey(SwapOffer, on_delete=models.CASCADE, related_name="asked")
    technician = models.ForeignKey("field.Technician", on_delete=models.CASCADE, related_name="+")
    minutes = models.IntegerField()
    total_minutes = models.IntegerField()
    was_done = models.DateTimeField(null=True, blank=True)
    done = models.DateTimeField()
    later = models.PositiveSmallIntegerField()
    told = models.PositiveIntegerField()
    merged = models.BooleanField(default=False)
    passed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "technician"], name="asked_once")]

    def __str__(self) -> str:
        return f"{self.offer_id} → {self.technician_id}"


class SickLeave(models.Model):
    """A technician reported himself sick; `visit_ids`: what was taken from him for it."""

    technician = models.ForeignKey("field.Technician", on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    visit_ids = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["ends_at"])]

    def __str__(self) -> str:
        return f"{self.technician_id}: {self.starts_at:%F}–{self.ends_at:%F}"
