from django.db import models


class Step(models.Model):
    """One step that one thing took: from, to, by whom, when and why."""

    subject = models.CharField(max_length=80)
    name = models.CharField(max_length=40)
    came_from = models.CharField(max_length=40)
    went_to = models.CharField(max_length=40)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    why = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["subject", "at"])]

    def __str__(self) -> str:
        return f"{self.subject}: {self.came_from} → {self.went_to}"
