from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from blisko.planning.rules.wishes import PinKind, WishKind


class Assignment(models.Model):
    """Who does which visit when. PostgreSQL itself refuses a second visit of a technician at the same time.

    `seat`: 1 for whoever leads, and whom the customer hears of; 2 for the second of a crew.
    """

    visit = models.ForeignKey("visits.Visit", on_delete=models.PROTECT, related_name="+")
    technician = models.ForeignKey("field.Technician", on_delete=models.PROTECT, related_name="+")
    during = DateTimeRangeField()
    seat = models.PositiveSmallIntegerField(default=1)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="no_technician_twice_at_a_time",
                expressions=[("technician", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(released_at=None),
            ),
            models.UniqueConstraint(fields=["visit", "seat"], condition=Q(released_at=None), name="one_technician_per_seat"),
            models.CheckConstraint(condition=Q(seat__range=(1, 2)), name="seat_of_a_crew"),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} → {self.technician_id}"


class Pin(models.Model):
    """A dispatcher's word that the planner leaves an assignment with this technician, or at this time; it ends with the assignment."""

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="pins")
    kind = models.CharField(max_length=12, choices=[(k, k) for k in PinKind])
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assignment", "kind"], name="pinned_once")]

    def __str__(self) -> str:
        return f"{self.assignment_id}: {self.kind}"


class Wish(models.Model):
    """Who had better do a visit, who must not, or who alone may."""

    visit = models.ForeignKey("visits.Visit", on_delete=models.CASCADE, related_name="+")
    technician = models.ForeignKey("field.Technician", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=[(k, k) for k in WishKind])
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "technician"], name="one_wish_per_visit_and_technician")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.kind} {self.technician_id}"


class Told(models.Model):
    """What one message told a customer: when to expect whom (nobody by name, where `technician` is empty); the newest counts."""

    visit = models.ForeignKey("visits.Visit", on_delete=models.CASCADE, related_name="+")
    technician = models.ForeignKey("field.Technician", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    told_from = models.DateTimeField()
    told_to = models.DateTimeField()
    at = models.DateTimeField()
    key = models.CharField(max_length=200, unique=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(told_to__gte=F("told_from")), name="told_in_order")]
        indexes = [models.Index(fields=["visit", "-at"])]

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.told_from:%F %H:%M}–{self.told_to:%H:%M}"
