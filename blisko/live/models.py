from django.contrib.postgres.indexes import BrinIndex
from django.db import models


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
