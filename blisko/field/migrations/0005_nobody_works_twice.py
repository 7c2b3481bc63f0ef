from typing import Any

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models


def join(apps: Any, schema_editor: Any) -> None:
    """Make one shift of those of a technician that overlap: he works from the first start to the last end, once."""
    last = None
    for shift in apps.get_model("field", "Shift").objects.order_by("technician_id", "starts_at"):
        if last is None or shift.technician_id != last.technician_id or shift.starts_at >= last.ends_at:
            last = shift
            continue
        if shift.ends_at > last.ends_at:
            last.ends_at, last.overtime_minutes = shift.ends_at, shift.overtime_minutes
            last.save(update_fields=["ends_at", "overtime_minutes"])
        shift.delete()


class Migration(migrations.Migration):
    dependencies = [("field", "0004_shifts_by_day")]

    operations = [
        BtreeGistExtension(),
        migrations.RunPython(join, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="shift",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                name="nobody_works_twice_at_a_time",
                expressions=[
                    ("technician", "="),
                    (
                        models.Func(
                            "starts_at",
                            "ends_at",
                            function="TSTZRANGE",
                            output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                        ),
                        "&&",
                    ),
                ],
            ),
        ),
    ]
