from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from blisko.kit.fields import WordsField, said
from blisko.visits.errors import BadPlanning
from blisko.visits.rules import (
    DISPUTE_LIFE,
    ORDER_LIFE,
    REQUEST_LIFE,
    VISIT_LIFE,
    Closing,
    DisputeReason,
    DisputeState,
    NeedReason,
    OrderState,
    Priority,
    RequestState,
    VisitState,
    most_of,
    read_closing,
)


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
    closing = models.JSONField(
        default=dict,
        blank=True,
        help_text='What is asked for at its end: {"photos": 1, "signature": true, "checklist": true, '
        '"measures": [{"key": "signal", "names": {"en": "Signal"}, "unit": "dBm", "min": -27, "max": -8}]}',
    )
    watch = WordsField(blank=True, help_text="What the customer should keep an eye on afterwards; told in the report")
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(crew_size__range=(1, 2)), name="crew_of_one_or_two")]

    def __str__(self) -> str:
        return said(self.names) or self.code

    def clean(self) -> None:
        """Let the admin save only levels the planner can read."""
        if not isinstance(self.levels, dict) or not all(level in (1, 2, 3) for level in self.levels.values()):
            raise ValidationError({"levels": gettext("A least level is 1, 2 or 3, and a crew has one or two people.")})
        try:
            read_closing(self.closing)
        except BadPlanning:
            words = gettext("What is asked for at the end cannot be read; follow the example beside it.")
            raise ValidationError({"closing": words}) from None

    @property
    def asks_for(self) -> Closing:
        """What it asks for before a visit is done."""
        return read_closing(self.closing)

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
    `choose_until`: nothing is promised yet, the customer is asked to choose by then; its window is the time he has for that.
    `more_skills`, `more_parts`: what it asks for beside its job type, because a visit before found that out.
    """

    LIFE: ClassVar = VISIT_LIFE
    number = models.CharField(max_length=40, unique=True)
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="visits")
    state = models.CharField(max_length=20, choices=[(s, s) for s in VisitState], default=VisitState.BOOKED)
    window_from = models.DateTimeField()
    window_to = models.DateTimeField()
    other_windows = ArrayField(DateTimeRangeField(), default=list, blank=True)
    choose_until = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveIntegerField()
    priority = models.CharField(max_length=10, choices=[(p, p) for p in Priority], default=Priority.NORMAL)
    must = models.BooleanField(default=False)
    after = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    gap_minutes = models.PositiveIntegerField(default=0)
    more_skills = models.JSONField(default=dict, blank=True)
    more_parts = models.JSONField(default=list, blank=True)
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

    @property
    def wanted_levels(self) -> dict[str, int]:
        """Every skill it asks for with its least level."""
        return most_of(self.order.job_type.wanted_levels, self.more_skills)

    @property
    def kit(self) -> list[dict[str, Any]]:
        """The parts it asks for, as a job type's kit."""
        return [*self.order.job_type.kit, *self.more_parts]

    @property
    def is_promised(self) -> bool:
        """Whether the customer was promised a window; not so while, or where, none was chosen."""
        return self.choose_until is None

    @property
    def works(self) -> bool | None:
        """What the customer said last of whether everything works; None where nothing was said yet."""
        said_last = getattr(self, "later_answer", None) or getattr(self, "confirmation", None)
        return said_last.works if said_last else None

    def document(self) -> dict[str, Any]:
        """Answer it as programs are told of it, by the API and by webhooks."""
        order, site = self.order, self.order.site
        return {
            "id": self.pk,
            "number": self.number,
            "state": VisitState(self.state),
            "window_from": self.window_from,
            "window_to": self.window_to,
            "choose_until": self.choose_until,
            "minutes": self.minutes,
            "other_windows": [{"window_from": one.lower, "window_to": one.upper} for one in self.other_windows],
            "priority": Priority(self.priority),
            "must": self.must,
            "after": self.after_id,
            "gap_minutes": self.gap_minutes,
            "crew_size": order.job_type.crew_size,
            "work_order": order.number,
            "job_type": order.job_type.code,
            "description": order.description,
            "customer_id": order.customer_id,
            "site_id": order.site_id,
            "address": site.address,
            "lat": site.lat,
            "lon": site.lon,
            "set_out_at": self.set_out_at,
            "arrived_at": self.arrived_at,
            "ended_at": self.ended_at,
            "end_reason": self.end_reason,
            "end_note": self.end_note,
        }


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


class Photo(models.Model):
    """A picture of the fault, the place or the work, freed of metadata; rows are only added until retention takes them."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="photos")
    file = models.FileField(upload_to="visits/%Y/%m/")
    caption = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=120, blank=True)
    by_customer = models.BooleanField(default=False)
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "sha256"], name="one_row_per_visit_and_picture")]

    def __str__(self) -> str:
        return self.caption or self.sha256[:12]


class Tick(models.Model):
    """That a step of the checklist is done, or is not after all; `step` counts from 0."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="ticks")
    step = models.PositiveSmallIntegerField()
    done = models.BooleanField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "step"], name="one_tick_per_visit_and_step")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.step}: {self.done}"


class Measured(models.Model):
    """A value measured on a visit, the newest of its kind."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="measured")
    key = models.CharField(max_length=40)
    value = models.FloatField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "key"], name="one_value_per_visit_and_key")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.key}: {self.value}"


class Signature(models.Model):
    """What somebody at the customer's signed with a finger on the telephone, and the name he gave; kept as evidence."""

    visit = models.OneToOneField(Visit, on_delete=models.CASCADE, related_name="signature")
    name = models.CharField(max_length=120)
    file = models.FileField(upload_to="signatures/%Y/%m/")
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.sha256[:12]}"


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


class LaterAnswer(models.Model):
    """What the customer said, days after "yes", to "is everything still working?"; rows are only added, one per visit."""

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="later_answer")
    works = models.BooleanField()
    asked = models.CharField(max_length=200)
    language = models.CharField(max_length=2)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.works}"


class Dispute(models.Model):
    """What the customer says was not as the report tells, once per visit; and what we answered."""

    LIFE: ClassVar = DISPUTE_LIFE
    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="dispute")
    state = models.CharField(max_length=20, choices=[(s, s) for s in DisputeState], default=DisputeState.OPEN)
    reason = models.CharField(max_length=20, choices=[(r, r) for r in DisputeReason])
    text = models.TextField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.reason}"


class VisitRequest(models.Model):
    """A wish for another visit, or a score that wants an answer: a dispatcher sees it and books or dismisses.

    `cause`: why a technician asks for it; `more_skills`, `more_parts`: what that visit needs beside its job type.
    """

    LIFE: ClassVar = REQUEST_LIFE
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="requests")
    state = models.CharField(max_length=20, choices=[(s, s) for s in RequestState], default=RequestState.OPEN)
    reason = models.CharField(max_length=40)
    cause = models.CharField(max_length=10, blank=True, choices=[(one, one) for one in NeedReason])
    text = models.TextField(blank=True)
    more_skills = models.JSONField(default=dict, blank=True)
    more_parts = models.JSONField(default=list, blank=True)
    at = models.DateTimeField()
    booked_visit = models.ForeignKey(Visit, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "reason"], name="one_request_per_visit_and_reason")]

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.reason}"
