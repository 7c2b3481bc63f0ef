import django.db.models.deletion
from django.db import migrations, models

WHY = ["nightly", "repair", "proposal", "assigned", "released", "moved", "swapped", "undone", "restored"]


class Migration(migrations.Migration):
    dependencies = [
        ("planning", "0006_plans_on_estimates"),
    ]

    operations = [
        migrations.AddField(
            model_name="planversion",
            name="restores",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="planning.planversion"
            ),
        ),
        migrations.AlterField(
            model_name="planversion",
            name="why",
            field=models.CharField(choices=[(why, why) for why in WHY], max_length=12),
        ),
    ]
