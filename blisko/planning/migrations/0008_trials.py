import django.db.models.deletion
from django.db import migrations, models

PRESETS = ["balanced", "promises", "roads", "calm"]
STATES = ["waiting", "running", "done", "cancelled", "failed"]


class Migration(migrations.Migration):
    dependencies = [
        ("field", "0004_shifts_by_day"),
        ("planning", "0007_restored_versions"),
    ]

    operations = [
        migrations.CreateModel(
            name="PlanTrial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("region", models.CharField(blank=True, max_length=40)),
                (
                    "like",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="field.technician"),
                ),
                ("preset", models.CharField(choices=[(preset, preset) for preset in PRESETS], max_length=12)),
                ("state", models.CharField(choices=[(state, state) for state in STATES], default="waiting", max_length=12)),
                ("seconds", models.PositiveSmallIntegerField()),
                ("asked_by", models.CharField(max_length=80)),
                ("asked_by_name", models.CharField(blank=True, max_length=120)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("progress", models.PositiveSmallIntegerField(default=0)),
                ("visits", models.PositiveIntegerField(default=0)),
                ("estimated", models.BooleanField(default=True)),
                ("found", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [models.Index(fields=["day", "region", "-id"], name="planning_pl_day_f76ebd_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=("day", "region"),
                        name="one_trial_at_a_time",
                    )
                ],
            },
        ),
    ]
