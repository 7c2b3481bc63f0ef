from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from blisko.imports.rules import IMPORT_LIFE, ImportState


class ImportRun(models.Model):
    """One sheet on its way in: the file, which column is which, and how far it has got."""

    LIFE: ClassVar = IMPORT_LIFE
    noun = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    read_as = models.CharField(max_length=60)
    header = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=20, choices=[(s, s) for s in ImportState], default=ImportState.UPLOADED)
    asked_by = models.CharField(max_length=80)
    asked_by_name = models.CharField(max_length=120, blank=True)
    permissions = ArrayField(models.CharField(max_length=60), default=list)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["-created_at"])]

    def __str__(self) -> str:
        return f"{self.noun}: {self.name}"


class RefusedLine(models.Model):
    """One line that did not land: its number in the file and why."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="refused_lines")
    line = models.PositiveIntegerField()
    words = models.TextField()
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["run", "line"])]

    def __str__(self) -> str:
        return f"{self.line}: {self.words}"
