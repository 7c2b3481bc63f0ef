from datetime import datetime
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from blisko.field.rules import FloatingBreak, Load
from blisko.kit.fields import OutlineField, WordsField, said

ON_EARTH = Q(lat__range=(-90, 90), lon__range=(-180, 180))


class Skill(models.Model):
    """Something a technician is able and allowed to do."""

    code = models.SlugField(max_length=40, unique=True)
    names = WordsField()

    def __str__(self) -> str:
        return said(self.names) or self.code


class Tool(models.Model):
    """Something a job is done with and that comes back with the technician."""

    code = models.CharField(max_length=40, unique=True)
    names = WordsField()

    def __str__(self) -> str:
        return said(self.names) or self.code


class Part(models.Model):
    """Something that stays with the customer; `code` is what kits and stocks call it."""

    code = models.CharField(max_length=40, unique=True)
    names = WordsField()

    def __str__(self) -> str:
        return said(self.names) or self.code


class Region(models.Model):
    """A stretch of country that is planned by itself: its own zones, teams and depots."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class Zone(models.Model):
    """A part of a region, told by how its postcodes begin; the longest beginning that fits a postcode wins."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    postcodes = ArrayField(models.CharField(max_length=16), default=list, blank=True, help_text="How its postcodes begin: 00-, 01-2")

    def __str__(self) -> str:
        return self.name


class WorkArea(models.Model):
    """Where the positions of technicians of its region may be kept; where it has none, of everybody. No area at all: anywhere."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outline = OutlineField()

    def __str__(self) -> str:
        return self.name

    @property
    def shape(self) -> dict[str, Any]:
        """The outline as GeoJSON: one ring, the first corner again at its end."""
        return {"type": "Polygon", "coordinates": [[list(corner) for corner in (*self.outline, self.outline[0])]]}


class Depot(models.Model):
    """Where parts and tools are picked up, and where a day may begin or end; its hours are local time, the same ones mean all day."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    lat = models.FloatField()
    lon = models.FloatField()
    opens_at = models.TimeField()
    closes_at = models.TimeField()
    loading_minutes = models.PositiveSmallIntegerField(default=10)
    tools = models.ManyToManyField(Tool, blank=True, related_name="+")
    endless = models.BooleanField(default=False, help_text="Has every part, as many as wanted; what is counted below does not matter then.")
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ON_EARTH, name="depot_on_earth"),
            models.CheckConstraint(condition=Q(closes_at__gte=F("opens_at")), name="depot_closes_after_it_opens"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def load(self) -> Load:
        """What can be picked up here."""
        parts = None if self.endless else {one.part.code: one.count for one in self.stock.all()}
        return Load(frozenset(tool.code for tool in self.tools.all()), parts)


class DepotStock(models.Model):
    """How many of one part a depot has."""

    depot = models.ForeignKey(Depot, on_delete=models.CASCADE, related_name="stock")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveIntegerField()
    minimum = models.PositiveIntegerField(null=True, blank=True, help_text="Fewer are too few; empty: as many as the next days want.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["depot", "part"], name="one_count_per_depot_and_part")]

    def __str__(self) -> str:
        return f"{self.count} × {self.part_id}"


class Team(models.Model):
    """Technicians who work together under one manager."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    overtime_minutes = models.PositiveSmallIntegerField(default=0, help_text="How long after a shift's end the planner may go on.")

    def __str__(self) -> str:
        return self.name


class BreakRule(models.Model):
    """A break every shift of a team has (of every team without rules of its own, where `team` is empty); local time."""

    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="break_rules")
    earliest = models.TimeField(help_text="It begins at this time or later …")
    latest = models.TimeField(help_text="… and at this time or earlier.")
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(latest__gte=F("earliest")), name="break_rule_latest_after_earliest")]

    def __str__(self) -> str:
        return f"{self.earliest:%H:%M}–{self.latest:%H:%M}: {self.minutes}"


class Van(models.Model):
    """What a technician drives, and what it carries."""

    plate = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=80, blank=True)
    tools = models.ManyToManyField(Tool, blank=True, related_name="+")

    def __str__(self) -> str:
        return self.plate

    @property
    def load(self) -> Load:
        """What it carries."""
        return Load(frozenset(tool.code for tool in self.tools.all()), {one.part.code: one.count for one in self.stock.all()})


class VanStock(models.Model):
    """How many of one part a van carries."""

    van = models.ForeignKey(Van, on_delete=models.CASCADE, related_name="stock")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveIntegerField()
    minimum = models.PositiveIntegerField(null=True, blank=True, help_text="Fewer are too few; empty: as many as the next days want.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["van", "part"], name="one_count_per_van_and_part")]

    def __str__(self) -> str:
        return f"{self.count} × {self.part_id}"


class StockBooking(models.Model):
    """One operation on stock, booked once: `op` names it, and what it changed are its lines. `at`: when it happened, not when we heard."""

    op = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    visit_id = models.PositiveBigIntegerField(null=True, blank=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%F %H:%M}"


class StockMovement(models.Model):
    """One line in the book of stock, never changed: more or fewer of a part in a van, in a depot, or (used out of no van) in neither."""

    booking = models.ForeignKey(StockBooking, on_delete=models.PROTECT, related_name="lines")
    van = models.ForeignKey(Van, null=True, blank=True, on_delete=models.PROTECT, related_name="movements")
    depot = models.ForeignKey(Depot, null=True, blank=True, on_delete=models.PROTECT, related_name="movements")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    change = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(van=None) | Q(depot=None), name="movement_in_one_place")]
        indexes = [
            models.Index(fields=["van", "part", "at"], name="movements_of_van"),
            models.Index(fields=["depot", "part", "at"], name="movements_of_depot"),
        ]

    def __str__(self) -> str:
        return f"{self.change:+} × {self.part_id}"


class Technician(models.Model):
    """Somebody we send to homes."""

    code = models.CharField(max_length=40, unique=True)
    user = models.OneToOneField("accounts.User", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=20, blank=True)
    photo = models.ImageField(upload_to="technicians/", blank=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="technicians")
    van = models.OneToOneField(Van, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    skills = models.ManyToManyField(Skill, blank=True, related_name="+", through="TechnicianSkill")
    zones = models.ManyToManyField(Zone, blank=True, related_name="+", help_text="Where he goes; none means anywhere in his region.")
    start_depot = models.ForeignKey(
        Depot, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Where the day begins, if not at home."
    )
    end_depot = models.ForeignKey(
        Depot, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Where the day ends, if not at home."
    )
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name

    @property
    def skill_levels(self) -> dict[str, int]:
        """What he is able to do, by code, and how well."""
        return {one.skill.code: one.level for one in self.levels.all()}


class TechnicianSkill(models.Model):
    """How well a technician is able to do something: 1 learning … 3 master."""

    technician = models.ForeignKey(Technician, on_delete=models.CASCADE, related_name="levels")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="+")
    level = models.PositiveSmallIntegerField(default=1)

    class Meta:
        db_table = "field_technician_skills"
        unique_together = [("technician", "skill")]  # Django itself made the table so
        constraints = [models.CheckConstraint(condition=Q(level__range=(1, 3)), name="skill_level_from_1_to_3")]

    def __str__(self) -> str:
        return f"{self.skill_id}: {self.level}"


class Home(models.Model):
    """Where a technician lives, because the day begins and ends there: for the planner and for who edits the field, for nobody else.

    A table of its own, so that no list of technicians can carry it along.
    """

    technician = models.OneToOneField(Technician, on_delete=models.CASCADE, primary_key=True, related_name="+")
    lat = models.FloatField()
    lon = models.FloatField()

    class Meta:
        constraints = [models.CheckConstraint(condition=ON_EARTH, name="home_on_earth")]

    def __str__(self) -> str:
        return f"{self.technician_id}"


class Shift(models.Model):
    """When a technician works; positions are accepted only inside one.

    `breaks`: its own floating breaks as [{"earliest": ISO time, "latest": ISO time, "minutes": 30}]; None: as the team's rules say.
    `overtime_minutes`: how long after its end the planner may go; None: as the team allows.
    """

    technician = models.ForeignKey(Technician, on_delete=models.CASCADE, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    breaks = models.JSONField(null=True, blank=True)
    overtime_minutes = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_it_starts"),
            models.UniqueConstraint(F("technician"), F("starts_at"), name="one_shift_at_a_time"),
            ExclusionConstraint(
                name="nobody_works_twice_at_a_time",
                expressions=[
                    ("technician", RangeOperators.EQUAL),
                    (Func("starts_at", "ends_at", function="TSTZRANGE", output_field=DateTimeRangeField()), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["technician", "starts_at"]), models.Index(fields=["starts_at"])]

    @property
    def own_breaks(self) -> list[FloatingBreak] | None:
        """Its breaks, unless the team's rules say them."""
        if self.breaks is None:
            return None
        moment = datetime.fromisoformat
        return [FloatingBreak(moment(one["earliest"]), moment(one["latest"]), int(one["minutes"])) for one in self.breaks]

    @property
    def overtime(self) -> int:
        """How many minutes after its end the planner may go."""
        team = self.technician.team
        return self.overtime_minutes if self.overtime_minutes is not None else team.overtime_minutes if team else 0

    def __str__(self) -> str:
        return f"{self.technician_id}: {self.starts_at:%F %H:%M}–{self.ends_at:%H:%M}"
