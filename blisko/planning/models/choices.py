"""What customers choose: slots held while they decide, whoever waits for an earlier one, and trips that were saved."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from blisko.planning.rules.choices import HOLD_LIFE, WAITING_LIFE, HoldState, Purpose, WaitingState


class SlotHold(models.Model):
    """A slot kept for one customer until `until`: nobody else is offered that technician's day meanwhile.

    `visit`: the one to be moved, or (`purpose` again) the ended one whose order gets another. `booked_visit`: what came of it.
    """

    LIFE: ClassVar = HOLD_LIFE
    visit = models.ForeignKey("visits.Visit", on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=10, choices=[(p, p) for p in Purpose])
    state = models.CharField(max_length=10, choices=[(s, s) for s in HoldState], default=HoldState.HELD)
    technician = models.ForeignKey("field.Technician", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    window_from = models.DateTimeField()
    window_to = models.DateTimeField()
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    by = models.CharField(max_length=80)
    booked_visit = models.ForeignKey("visits.Visit", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit"], condition=Q(state=HoldState.HELD), name="one_slot_held_per_visit")]
        indexes = [models.Index(fields=["state", "until"])]

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.window_from:%F %H:%M}"


class Waiting(models.Model):
    """A customer who wants to hear when something earlier than his window comes free."""

    LIFE: ClassVar = WAITING_LIFE
    visit = models.ForeignKey("visits.Visit", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=[(s, s) for s in WaitingState], default=WaitingState.WAITING)
    since = models.DateTimeField()
    offered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit"], condition=Q(state=WaitingState.WAITING), name="waits_once_per_visit")]
        indexes = [models.Index(fields=["state", "since"])]

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.state}"


class SavedTrip(models.Model):
    """A drive nobody had to make because a visit was cancelled in time: what was planned of it and not yet driven."""

    visit = models.OneToOneField("visits.Visit", on_delete=models.CASCADE, primary_key=True, related_name="+")
    technician = models.ForeignKey("field.Technician", on_delete=models.CASCADE, related_name="+")
    seconds = models.PositiveIntegerField()
    metres = models.PositiveIntegerField()
    estimated = models.BooleanField()
    on_the_way = models.BooleanField()
    by_customer = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.metres} m"
