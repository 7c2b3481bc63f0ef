from datetime import time
from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from blisko.live.models.help import HelpDuty, HelpMessage, HelpRules, HelpThread
from blisko.live.rules.delays import Answer
from blisko.live.rules.fixes import HOME_METRES
from blisko.live.rules.operations import OPERATION_LIFE, OperationState
from blisko.live.rules.visibility import When

__all__ = ["HelpDuty", "HelpMessage", "HelpRules", "HelpThread"]
WHEN = [
    (When.ALWAYS.value, _("always")),
    (When.NEVER.value, _("never")),
    (When.ON_THE_WAY.value, _("when on the way")),
    (When.MINUTES.value, _("within so many minutes")),
    (When.STOPS.value, _("within so many stops")),
    (When.METRES.value, _("within so many metres")),
]


class Device(models.Model):
    """A telephone (or an open page) that reports where one technician is; its key lets it in."""

    technician = models.ForeignKey("field.Technician", on_delete=models.PROTECT, related_name="+")
    key = models.OneToOneField("access.Key", null=True, on_delete=models.SET_NULL, related_name="+")
    app = models.CharField(max_length=12)
    issued_at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["technician"], condition=models.Q(app="page", revoked_at=None), name="one_page_device_per_technician"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.app} {self.pk}"


class PrivateTime(models.Model):
    """A stretch of a shift in which a technician was private or on his break: no place of it is kept. The console sees of breaks alone."""

    technician = models.ForeignKey("field.Technician", on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_break = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gte=models.F("starts_at")), name="private_ends_after_it_starts"),
        ]
        indexes = [models.Index(fields=["technician", "ends_at"])]

    def __str__(self) -> str:
        return f"{self.technician_id}: {self.starts_at:%F %H:%M}–{self.ends_at:%H:%M}"


class PositionRules(models.Model):
    """What of a technician's places is never kept; one row."""

    home_metres = models.PositiveSmallIntegerField(
        _("Around a home (metres)"),
        default=HOME_METRES,
        validators=[MinValueValidator(100), MaxValueValidator(5000)],
        help_text=_("No place this near to where a technician lives is kept; those that are kept already are deleted."),
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_position_rules")]
        verbose_name = _("which places of technicians are never kept")
        verbose_name_plural = _("which places of technicians are never kept")

    def __str__(self) -> str:
        return f"{self.home_metres} m"


class PositionLook(models.Model):
    """That somebody was shown where a technician was on one day: from when to when, and how many times (five minutes apart at least).

    `who`: "user:3" at a console, "visit:42" by the link to it, "key:7" a program by API.
    """

    technician = models.ForeignKey("field.Technician", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    who = models.CharField(max_length=80)
    name = models.CharField(max_length=120)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)
    times = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["technician", "day", "who"], name="one_look_per_technician_day_and_person")]

    def __str__(self) -> str:
        return f"{self.who} → {self.technician_id}, {self.day}: {self.times}"


class OperationQueue(models.Model):
    """What one browser of a technician keeps until it is sent: which number is due, when the last one was done, when we heard of it."""

    id = models.UUIDField(primary_key=True)
    technician = models.ForeignKey("field.Technician", on_delete=models.CASCADE, related_name="+")
    due = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.technician_id}: {self.due}"


class Operation(models.Model):
    """Something a technician did on his telephone, with a network or without: applied once, or kept aside with the reason.

    `told_at`: the telephone's own time; `at`: the same with its clock put right.
    """

    LIFE: ClassVar = OPERATION_LIFE
    id = models.UUIDField(primary_key=True)
    queue = models.ForeignKey(OperationQueue, on_delete=models.CASCADE, related_name="operations")
    number = models.PositiveIntegerField()
    visit_id = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=20)
    data = models.JSONField(default=dict)
    told_at = models.DateTimeField()
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=[(one, one) for one in OperationState], default=OperationState.WAITING)
    reason = models.CharField(max_length=40, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["queue", "number"]),
            models.Index(fields=["state"], condition=~models.Q(state="applied"), name="operation_not_applied"),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.kind}: {self.state}"


class Upload(models.Model):
    """A picture on its way from a telephone, piece by piece; known by what it will be."""

    technician = models.ForeignKey("field.Technician", on_delete=models.CASCADE, related_name="+")
    sha256 = models.CharField(max_length=64)
    length = models.PositiveIntegerField()
    content = models.BinaryField(default=b"")
    begun_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["technician", "sha256"], name="one_upload_per_technician_and_picture")]

    def __str__(self) -> str:
        return f"{self.sha256[:12]}: {len(self.content)}/{self.length}"


class Fix(models.Model):
    """Where a device was at `fix_time`: degrees (WGS 84), metres, metres a second, degrees from north, percent.

    The key makes a report sent twice one row, and answers "the newest of a device" from its end.
    """

    pk = models.CompositePrimaryKey("device_id", "fix_time", "lat", "lon")
    # Unchecked by the database: a check locks the device's row, once for every report. Devices are never deleted.
    device = models.ForeignKey(Device, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    fix_time = models.DateTimeField()
    lat = models.FloatField()
    lon = models.FloatField()
    received_at = models.DateTimeField()
    source = models.CharField(max_length=12)
    accuracy = models.FloatField(null=True)
    altitude = models.FloatField(null=True)
    speed_mps = models.FloatField(null=True)
    heading = models.FloatField(null=True)
    battery = models.SmallIntegerField(null=True)
    mock = models.BooleanField()
    moving = models.BooleanField(null=True)
    transition = models.CharField(max_length=5, null=True)

    class Meta:
        indexes = [BrinIndex(fields=["received_at"], name="fix_received")]

    def __str__(self) -> str:
        return f"{self.device_id} {self.fix_time:%F %T}"


class UnusableCount(models.Model):
    """How many reports of a device were acknowledged and not kept on one day, and why; never where."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    reason = models.CharField(max_length=16)
    count = models.PositiveIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "day", "reason"], name="one_count_per_device_day_and_reason")]

    def __str__(self) -> str:
        return f"{self.device_id} {self.day} {self.reason}: {self.count}"


class Onlooker(models.Model):
    """An open dispatcher's console: who sits at it, which day it shows and which visit is chosen; forgotten minutes after it closes."""

    console = models.CharField(max_length=40, unique=True)
    person = models.CharField(max_length=80)
    name = models.CharField(max_length=120)
    day = models.DateField()
    visit_id = models.BigIntegerField(null=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.day}"


class DelayNotice(models.Model):
    """A customer was told that the technician comes at another time than he counted on; and what he answered."""

    visit = models.ForeignKey("visits.Visit", on_delete=models.CASCADE, related_name="+")
    window_from = models.DateTimeField()
    window_to = models.DateTimeField()
    counted_from = models.DateTimeField()
    counted_to = models.DateTimeField()
    told_from = models.DateTimeField()
    told_to = models.DateTimeField()
    at = models.DateTimeField()
    answer = models.CharField(max_length=8, blank=True, choices=[(one.value, one.value) for one in Answer])
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(told_to__gte=models.F("told_from")), name="delay_told_in_order")]
        indexes = [models.Index(fields=["visit", "-at"])]

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.told_from:%F %H:%M}–{self.told_to:%H:%M}"


class CustomerRules(models.Model):
    """When this house warns its customers of a delay, and what it shows them of its technicians; one row."""

    delay_chance = models.PositiveSmallIntegerField(
        _("Warn from this chance on (%)"),
        default=90,
        validators=[MinValueValidator(50), MaxValueValidator(99)],
        help_text=_("How likely it must be that the technician comes after the promised window."),
    )
    late_by = models.PositiveSmallIntegerField(
        _("Late by at least (minutes)"), default=5, help_text=_("A delay smaller than this is not worth a message.")
    )
    moved_by = models.PositiveSmallIntegerField(
        _("Tell again when it moves by (minutes)"),
        default=20,
        validators=[MinValueValidator(5)],
        help_text=_("Against the time the customer was told last, earlier or later."),
    )
    gap = models.PositiveSmallIntegerField(
        _("Between two messages about the time (minutes)"), default=15, validators=[MinValueValidator(10), MaxValueValidator(240)]
    )
    most = models.PositiveSmallIntegerField(_("At most so many notices of a visit"), default=3, validators=[MaxValueValidator(10)])
    ahead = models.PositiveSmallIntegerField(
        _("Not longer ahead than (minutes)"), default=300, help_text=_("Before the window ends. What is far off may still mend.")
    )
    too_late = models.PositiveSmallIntegerField(
        _("Nothing when he is there within (minutes)"), default=10, help_text=_("He would be there before the message is read.")
    )
    low_score = models.PositiveSmallIntegerField(
        _("A dispatcher sees scores up to (stars)"),
        default=2,
        validators=[MaxValueValidator(5)],
        help_text=_("A score this low waits on the day's page until somebody answers it. 0: none does."),
    )
    ask_again_after = models.PositiveSmallIntegerField(
        _("Ask again after (days)"),
        default=3,
        validators=[MaxValueValidator(10)],
        help_text=_("Days after the visit on which the customer is asked whether everything is still working. 0: never."),
    )
    quiet_from = models.TimeField(
        _("Quiet hours from"),
        default=time(21),
        help_text=_("Telephones are left alone until morning, except by what is of use only now. The same time twice: no quiet hours."),
    )
    quiet_to = models.TimeField(_("Quiet hours until"), default=time(7))
    technician_name_when = models.CharField(_("First name"), max_length=12, choices=WHEN, default=When.ALWAYS)
    technician_name_within = models.PositiveIntegerField(_("First name: within"), default=0)
    technician_photo_when = models.CharField(_("Photo"), max_length=12, choices=WHEN, default=When.ALWAYS)
    technician_photo_within = models.PositiveIntegerField(_("Photo: within"), default=0)
    position_when = models.CharField(_("Place on the map"), max_length=12, choices=WHEN, default=When.ALWAYS)
    position_within = models.PositiveIntegerField(_("Place on the map: within"), default=0)
    route_when = models.CharField(_("Line of the way"), max_length=12, choices=WHEN, default=When.ALWAYS)
    route_within = models.PositiveIntegerField(_("Line of the way: within"), default=0)
    eta_when = models.CharField(_("Time of arrival"), max_length=12, choices=WHEN, default=When.ALWAYS)
    eta_within = models.PositiveIntegerField(_("Time of arrival: within"), default=0)
    stops_before_when = models.CharField(_("Visits before this one"), max_length=12, choices=WHEN, default=When.ALWAYS)
    stops_before_within = models.PositiveIntegerField(_("Visits before this one: within"), default=0)
    grid = models.PositiveIntegerField(
        _("Place rounded to (metres)"),
        default=0,
        validators=[MaxValueValidator(5000)],
        help_text=_("0: as it is. A rounded place moves only when the page is asked for again."),
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_customer_rules")]
        verbose_name = _("what customers are told and shown")
        verbose_name_plural = _("what customers are told and shown")

    def __str__(self) -> str:
        return f"{self.delay_chance} %"


class LinkOpening(models.Model):
    """That a customer has looked at a visit's page with own eyes: when first, when last, how often. Robots leave no trace here."""

    visit = models.OneToOneField("visits.Visit", on_delete=models.CASCADE, primary_key=True, related_name="+")
    first_at = models.DateTimeField(db_index=True)
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.count}"


class Edition(models.Model):
    """A visit's report as it was issued once, byte for byte; rows are only added, one for each thing it ever said.

    `says`: the fingerprint of what it tells, without its own number and date. `sha256`: by which a copy is known.
    """

    visit = models.ForeignKey("visits.Visit", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=2)
    says = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64, unique=True)
    file = models.FileField(upload_to="reports/%Y/%m/")
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "number"], name="one_edition_per_visit_and_number")]

    def __str__(self) -> str:
        return f"{self.visit_id} #{self.number}"
