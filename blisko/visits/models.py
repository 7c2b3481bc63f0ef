from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from blisko.kit.fields import WordsField, said
from blisko.visits.rules import ORDER_LIFE, REQUEST_LIFE, VISIT_LIFE, OrderState, RequestState, VisitState


class JobType(models.Model):
    """A kind of job: how long it takes, which skills, parts and steps it needs."""

    code = models.SlugField(max_length=40, unique=True)
    names = WordsField()
    minutes = models.PositiveIntegerField(default=60)
    skills = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    kit = models.JSONField(default=list, blank=True, help_text='Parts as [{"part": "RJ45", "count": 2}]')
    checklist = models.JSONField(default=list, blank=True, help_text='Steps as [{"en": "Measure the signal", "pl": "…", "hu": "…"}]')
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return said(self.names) or self.code


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
    """One attended attempt at a work order, with the window promised to the customer."""

    LIFE: ClassVar = VISIT_LIFE
    number = models.CharField(max_length=40, unique=True)
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="visits")
    state = models.CharField(max_length=20, choices=[(s, s) for s in VisitState], default=VisitState.BOOKED)
    window_from = models.DateTimeField()
    window_to = models.DateTimeField()
    minutes = models.PositiveIntegerField()
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
