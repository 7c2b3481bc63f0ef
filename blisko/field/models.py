from django.db import models
from django.db.models import F, Q

from blisko.kit.fields import WordsField, said


class Skill(models.Model):
    """Something a technician is able and allowed to do."""

    code = models.SlugField(max_length=40, unique=True)
    names = WordsField()

    def __str__(self) -> str:
        return said(self.names) or self.code


class Team(models.Model):
    """Technicians who work together under one manager."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class Van(models.Model):
    """What a technician drives."""

    plate = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return self.plate


class Technician(models.Model):
    """Somebody we send to homes."""

    code = models.CharField(max_length=40, unique=True)
    user = models.OneToOneField("accounts.User", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=20, blank=True)
    photo = models.ImageField(upload_to="technicians/", blank=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="technicians")
    van = models.OneToOneField(Van, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    skills = models.ManyToManyField(Skill, blank=True, related_name="+")
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Shift(models.Model):
    """When a technician works; positions are accepted only inside one."""

    technician = models.ForeignKey(Technician, on_delete=models.CASCADE, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_it_starts"),
            models.UniqueConstraint(F("technician"), F("starts_at"), name="one_shift_at_a_time"),
        ]
        indexes = [models.Index(fields=["technician", "starts_at"])]

    def __str__(self) -> str:
        return f"{self.technician_id}: {self.starts_at:%F %H:%M}–{self.ends_at:%H:%M}"
