from typing import ClassVar

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from blisko.kit.fields import WordsField, said
from blisko.visits.rules import ORDER_LIFE, REQUEST_LIFE, VISIT_LIFE, OrderState, Priority, RequestState, VisitState


class JobType(models.Model):
    """A kind of job: how long it takes, which skills, tools, parts and steps it needs, how many people and how soon.

    `levels`: the least level of a skill where 1 is not enough, as {"fibre": 2}; a skill named only there is asked for as well.
    """

    code = models.SlugField(max_length=40, unique=True)
    names = WordsField()
    minutes = models.PositiveIntegerField(default=60)
    skills = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    levels = models.JSONField(default=dict, blank=True, help_text='Least levels as {"fibre": 2}; every other skill is asked for at level 1')
    tools = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    crew_size = models.PositiveSmallIntegerField(default=1, choices=[(1, "1"), (2, "2")])
    priority = models.CharField(max_length=10, choices=[(p, p) for p in Priority], default=Priority.NORMAL)
    kit = models.JSONField(default=list, blank=True, help_text='Parts as [{"part": "RJ45", "count": 2}]')
    checklist = models.JSONField(default=list, blank=True, help_text='Steps as [{"en": "Measure the signal", "pl": "…", "hu": "…"}]')
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(crew_size__range=(1, 2)), name="crew_of_one_or_two")]

    def __str__(self) -> str:
        return said(self.names) or self.code

    def clean(self) -> None:
        """Let the admin save only levels the planner can read."""
        if not isinstance(self.levels, dict) or not all(level in (1, 2, 3) for level in self.levels.values()):
            raise ValidationError({"levels": gettext("A least level is 1, 2 or 3, and a crew has one or two people.")})

    @property
    def wanted_levels(self) -> dict[str, int]:
        """Every skill it asks for with its least level."""
        return dict.fromkeys(self.skills, 1) | {str(code): int(level) for code, level in self.levels.items()}


class WorkOrder(models.Model):
    """The job; a visit is one attended attempt at it."""

    LIFE: ClassVar = ORDER_LIFE
    number = models.CharField(max_length=40, unique=True)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("customers.Site", on_delete=models.PROTECT, related_name="+")
    job_type = models.ForeignKey(JobType, on_delete=models.PROTECT, related_name="+")
    description = models.TextField(blank=True)
    state = models.CharField(max_length=20, choices=[(s, s) for s in OrderState], default=OrderState.OPEN)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number


class Visit(models.Model):
    """One attended attempt at a work order, with the window promised to the customer.

    `other_windows`: more spans of time that would suit the customer as well. `must`: never left out of a plan while it fits.
    `after`: a visit of the same order that must have ended `gap_minutes` before this one starts.
    """

    LIFE: ClassVar = VISIT_LIFE
    number = models.CharField(max_length=40, unique=True)
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="visits")
    state = models.CharField(max_length=20, choices=[(s, s) for s in VisitState], default=VisitState.BOOKED)
    window_from = models.DateTimeField()
    window_to = models.DateTimeField()
    other_windows = ArrayField(DateTimeRangeField(), default=list, blank=True)
    minutes = models.PositiveIntegerField()
    priority = models.CharField(max_length=10, choices=[(p, p) for p in Priority], default=Priority.NORMAL)
    must = models.BooleanField(default=False)
    after = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    gap_minutes = models.PositiveIntegerField(default=0)
    set_out_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=40, blank=True)
    end_note = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(window_to__gt=F("window_from")), name="window_ends_after_it_starts")]
        indexes = [models.Index(fields=["window_from"]), models.Index(fields=["state", "window_from"])]

    def __str__(self) -> str:
        return self.number


class Note(models.Model):
    """Something written about a visit, by the technician, the desk or the customer."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="notes")
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=120, blank=True)
    by_customer = models.BooleanField(default=False)
    text = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:60]


class Confirmation(models.Model):
    """The customer's answer to "does everything work?", kept as evidence; rows are only added, one per visit."""

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="confirmation")
    works = models.BooleanField()
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.TextField(blank=True)
    asked = models.CharField(max_length=200)
    language = models.CharField(max_length=2)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    rated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(rating=None) | Q(rating__range=(1, 5)), name="rating_from_1_to_5")]

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.works}"


class VisitRequest(models.Model):
    """A wish for another visit that a dispatcher sees and books or dismisses."""

    LIFE: ClassVar = REQUEST_LIFE
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="requests")
    state = models.CharField(max_length=20, choices=[(s, s) for s in RequestState], default=RequestState.OPEN)
    reason = models.CharField(max_length=40)
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    booked_visit = models.ForeignKey(Visit, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "reason"], name="one_request_per_visit_and_reason")]

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.reason}"
