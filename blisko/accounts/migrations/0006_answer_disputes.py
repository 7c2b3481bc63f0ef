from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ANSWER = "visits.answer_disputes"


def let_answer(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Whoever runs the day and books visits may answer disputes: in houses whose roles were laid before there were any."""
    for role in apps.get_model("accounts", "Role").objects.all():
        if {"live.see_day", "visits.book"} <= set(role.permissions) and ANSWER not in role.permissions:
            role.permissions = [*role.permissions, ANSWER]
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_to_the_outside")]
    operations = [migrations.RunPython(let_answer, migrations.RunPython.noop)]
