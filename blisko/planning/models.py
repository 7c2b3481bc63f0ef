from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q


class Assignment(models.Model):
    """Who does which visit when. PostgreSQL itself refuses a second visit of a technician at the same time."""

    visit = models.ForeignKey("visits.Visit", on_delete=models.PROTECT, related_name="+")
    technician = models.ForeignKey("field.Technician", on_delete=models.PROTECT, related_name="+")
    during = DateTimeRangeField()
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
            models.UniqueConstraint(fields=["visit"], condition=Q(released_at=None), name="one_technician_per_visit"),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} → {self.technician_id}"
