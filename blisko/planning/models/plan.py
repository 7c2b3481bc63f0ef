from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from blisko.planning.rules.alerts import ALERT_LIFE, LIVE, AlertState, CauseCode
from blisko.planning.rules.presets import Preset, Repairs
from blisko.planning.rules.runs import PROPOSAL_LIFE, RUN_LIFE, ProposalState, RunState, Why
from blisko.planning.rules.swaps import Approval
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


class PlanDay(models.Model):
    """How often the plan of a local day has changed: whoever remembers the number knows whether it still stands."""

    day = models.DateField(primary_key=True)
    revision = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.day} #{self.revision}"


class PlanVersion(models.Model):
    """One change of a day's plan: who, why, what exactly, and what the plan amounted to before and after (empty where nobody asked).

    `changes`: as `rules.lines.packed` writes them. `undoes`: the version this one took back, `restores`: the one it went back to.
    `estimated`: some ways it was made with were no real roads.
    """

    day = models.DateField()
    region = models.CharField(max_length=40, blank=True)
    why = models.CharField(max_length=12, choices=[(w, w) for w in Why])
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    made_by_name = models.CharField(max_length=120, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    changes = models.JSONField(default=list)
    undoes = models.OneToOneField("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="undone_by")
    restores = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    estimated = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["day", "id"]), models.Index(fields=["made_by", "-id"])]

    def __str__(self) -> str:
        return f"{self.day}: {self.why}"


class PlanRun(models.Model):
    """The planning of one day of one region (of whoever is in none, where it is empty) as a job: how far it is and the best plan so far."""

    LIFE: ClassVar = RUN_LIFE
    day = models.DateField()
    region = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=12, choices=[(s, s) for s in RunState], default=RunState.WAITING)
    seconds = models.PositiveIntegerField()
    asked_by = models.CharField(max_length=80)
    asked_by_name = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    spent = models.FloatField(default=0.0)
    best = models.JSONField(null=True, blank=True)
    points = models.FloatField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    version = models.ForeignKey(PlanVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["-created_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "region"],
                condition=Q(state__in=[RunState.WAITING, RunState.RUNNING]),
                name="one_run_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.state}"


class PlanTrial(models.Model):
    """A day tried otherwise as a job: with one more technician like this one, and under every preset; what it found, never a plan.

    `seconds`: each search. `preset`: the one in use then. `visits`: how many there were to plan. `found`: what each search amounts to, by
    its name in `rules.trials`, as `rules.terms.Terms`.
    """

    LIFE: ClassVar = RUN_LIFE
    day = models.DateField()
    region = models.CharField(max_length=40, blank=True)
    like = models.ForeignKey("field.Technician", on_delete=models.CASCADE, related_name="+")
    preset = models.CharField(max_length=12, choices=[(p, p) for p in Preset])
    state = models.CharField(max_length=12, choices=[(s, s) for s in RunState], default=RunState.WAITING)
    seconds = models.PositiveSmallIntegerField()
    asked_by = models.CharField(max_length=80)
    asked_by_name = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    visits = models.PositiveIntegerField(default=0)
    estimated = models.BooleanField(default=True)
    found = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["day", "region", "-id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "region"],
                condition=Q(state__in=[RunState.WAITING, RunState.RUNNING]),
                name="one_trial_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.state}"


class Proposal(models.Model):
    """A repair that was found and waits for a dispatcher's word."""

    LIFE: ClassVar = PROPOSAL_LIFE
    day = models.DateField()
    region = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=12, choices=[(s, s) for s in ProposalState], default=ProposalState.OPEN)
    made_at = models.DateTimeField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    changes = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["state", "day"])]

    def __str__(self) -> str:
        return f"{self.day}: {len(self.changes)}"


class PlanningRules(models.Model):
    """How this house plans; one row."""

    preset = models.CharField(max_length=12, choices=[(p, p) for p in Preset], default=Preset.BALANCED)
    repairs = models.CharField(max_length=12, choices=[(r, r) for r in Repairs], default=Repairs.PROPOSED)
    days_ahead = models.PositiveSmallIntegerField(default=3)
    seconds = models.PositiveIntegerField(default=60)
    swaps = models.CharField(
        max_length=10,
        choices=[(a, a) for a in Approval],
        default=Approval.COSTLY,
        help_text="When a dispatcher has to say yes to a visit or shift that goes to a colleague.",
    )
    swap_minutes = models.PositiveSmallIntegerField(default=15, help_text="“costly”: more minutes driven than this, by both together.")
    rest_hours = models.PositiveSmallIntegerField(default=11, help_text="Between two shifts (directive 2003/88/EC: 11 hours).")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_row_of_rules")]

    def __str__(self) -> str:
        return str(self.preset)


class RouteStop(models.Model):
    """A stop of somebody's planned day that is no visit: a break, or loading at a depot."""

    technician = models.ForeignKey("field.Technician", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    depot = models.ForeignKey("field.Depot", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    during = DateTimeRangeField()

    class Meta:
        indexes = [models.Index(fields=["day", "technician"])]

    def __str__(self) -> str:
        return f"{self.technician_id}: {self.depot_id or 'break'}"


class RoadSource(models.Model):
    """One make and version of roads whose answers are kept: a new version of a region is a new source."""

    key = models.TextField(unique=True)
    first_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class TravelTime(models.Model):
    """One way between two places (1/10,000 of a degree, see `number_of`) in some hours of the day, as a source of roads answered it."""

    pk = models.CompositePrimaryKey("source_id", "hours", "from_place", "to_place")
    source = models.ForeignKey(RoadSource, on_delete=models.CASCADE, related_name="+", db_index=False)
    hours = models.PositiveSmallIntegerField()
    from_place = models.BigIntegerField()
    to_place = models.BigIntegerField()
    seconds = models.IntegerField()
    metres = models.IntegerField()
    estimated = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes = [BrinIndex(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.from_place} → {self.to_place}: {self.seconds} s"


class Pace(models.Model):
    """What our own trips taught about ways of one length (`band`) in some hours: how often what the roads say they take."""

    estimated = models.BooleanField()
    hours = models.PositiveSmallIntegerField()
    band = models.PositiveSmallIntegerField()
    low = models.FloatField()
    median = models.FloatField()
    high = models.FloatField()
    trips = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["estimated", "hours", "band"], name="one_pace_per_length_and_hours")]

    def __str__(self) -> str:
        return f"{self.hours}/{self.band}: {self.median:.2f}"


class DurationFit(models.Model):
    """How long work and drives took lately, as `rules.durations` and `rules.traffic` fit it; the newest counts."""

    at = models.DateTimeField()
    days = models.PositiveSmallIntegerField()
    visits = models.PositiveIntegerField()
    mistaken = models.PositiveIntegerField(help_text="Visits left out because nobody can have taken so long, or so little.")
    legs = models.PositiveIntegerField()
    durations = models.JSONField()
    traffic = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["-at"])]

    def __str__(self) -> str:
        return f"{self.at:%F}: {self.visits}"


class StartForecast(models.Model):
    """When a visit was expected to start as its day began: the middle and the ends of a range that should hold nine times in ten."""

    visit = models.OneToOneField("visits.Visit", on_delete=models.CASCADE, primary_key=True, related_name="+")
    made_at = models.DateTimeField()
    low = models.DateTimeField()
    middle = models.DateTimeField()
    high = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["made_at"])]

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.low:%H:%M}–{self.high:%H:%M}"


class RiskAlert(models.Model):
    """A promise in danger: how likely it breaks and why, and the ways out, least painful first.

    `cause_visit`: whose drive or work makes it late; `cause_minutes`: by how much that exceeds the plan. `calm_since`: since when the
    danger has been small. `repairs`: as `rules.ways_out.WayOut.as_json` writes them, looked for at `repairs_at` when the danger
    was `repairs_for`.
    """

    LIFE: ClassVar = ALERT_LIFE
    visit = models.ForeignKey("visits.Visit", on_delete=models.CASCADE, related_name="+")
    technician = models.ForeignKey("field.Technician", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12, choices=[(s, s) for s in AlertState], default=AlertState.OPEN)
    probability = models.FloatField()
    expected_at = models.DateTimeField()
    cause = models.CharField(max_length=12, choices=[(c, c) for c in CauseCode])
    cause_visit = models.ForeignKey("visits.Visit", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    cause_minutes = models.IntegerField(default=0)
    repairs = models.JSONField(default=list)
    repairs_at = models.DateTimeField()
    repairs_for = models.FloatField()
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    calm_since = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit"], condition=Q(state__in=LIVE), name="one_live_alert_per_visit")]
        indexes = [models.Index(fields=["state", "-probability"])]

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.probability:.0%}"
