"""Tables of help: what technicians ask on a visit and who answers, who is on duty, and how long anybody waits."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from blisko.live.rules.help import HELP_LIFE, HelpSaid, HelpState


class HelpRules(models.Model):
    """How long a technician waits for help before more people are told, whom, and what rings; one row."""

    answer_minutes = models.PositiveSmallIntegerField(
        _("Answered within (minutes)"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_("From when we heard of it. After that every dispatcher is told."),
    )
    next_minutes = models.PositiveSmallIntegerField(
        _("Then, after another (minutes)"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_("Whoever is named below is told."),
    )
    phone = models.CharField(
        _("Number where nobody is on duty"), max_length=30, blank=True, help_text=_("Empty: the hotline. Technicians ring it with one tap.")
    )
    last_phone = models.CharField(_("Told at last: telephone"), max_length=30, blank=True, help_text=_("Gets an SMS."))
    last_email = models.EmailField(_("Told at last: e-mail"), blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_help_rules")]
        verbose_name = _("how long technicians wait for help")
        verbose_name_plural = _("how long technicians wait for help")

    def __str__(self) -> str:
        return f"{self.answer_minutes} + {self.next_minutes} min"


class HelpDuty(models.Model):
    """When somebody is on duty for technicians who ask for help, and what rings at his side."""

    person = models.ForeignKey("accounts.User", verbose_name=_("Who"), on_delete=models.CASCADE, related_name="+")
    phone = models.CharField(_("Number"), max_length=30, help_text=_("Rings when a technician taps “call”; gets an SMS when he writes."))
    job_type = models.ForeignKey(
        "visits.JobType",
        verbose_name=_("Only for the job"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text=_("Empty: for every job."),
    )
    days = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("Days"), help_text=_("On which it begins."))
    starts = models.TimeField(_("From"))
    ends = models.TimeField(_("To"), help_text=_("An hour before “from” is that of the next day; the same hour is a whole day."))
    first_day = models.DateField(_("First day"), null=True, blank=True)
    last_day = models.DateField(_("Last day"), null=True, blank=True)

    class Meta:
        verbose_name = _("duty for help")
        verbose_name_plural = _("duties for help")

    def __str__(self) -> str:
        return f"{self.person}, {self.starts:%H:%M}–{self.ends:%H:%M}"


class HelpThread(models.Model):
    """Help asked for on a visit until it is closed. `heard_at`: when we heard of what waits; `due_at`: when more people are told.

    `step`: how many were told because nobody answered (`rules.help.LAST_STEP`). `technician`: who asked last. `matter`: what it was.
    """

    LIFE: ClassVar = HELP_LIFE
    visit = models.ForeignKey("visits.Visit", on_delete=models.CASCADE, related_name="+")
    technician = models.ForeignKey("field.Technician", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12, choices=[(one, one) for one in HelpState], default=HelpState.OPEN)
    step = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    taken_by = models.CharField(max_length=80, blank=True)
    taken_name = models.CharField(max_length=120, blank=True)
    closed_at = models.DateTimeField(null=True)
    matter = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit"], condition=~models.Q(state="closed"), name="one_open_help_per_visit")]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="help_that_waits")]

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.state}"


class HelpMessage(models.Model):
    """One line of a thread. `at`: when it was said, by the technician's own clock put right; `heard_at`: when we heard of it."""

    thread = models.ForeignKey(HelpThread, on_delete=models.CASCADE, related_name="messages")
    said = models.CharField(max_length=8, choices=[(one, one) for one in HelpSaid])
    text = models.CharField(max_length=2000, blank=True)
    file = models.FileField(upload_to="help/%Y/%m/", blank=True)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=120)
    by_technician = models.BooleanField()
    at = models.DateTimeField()
    heard_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["thread", "at"])]

    def __str__(self) -> str:
        return f"{self.thread_id} {self.said}"
