from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

RULES = "planning.rules"


def let_manage(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Whoever edits the field and plans the day may say how plans are made: in houses whose roles were laid before that could be said."""
    for role in apps.get_model("accounts", "Role").objects.all():
        if {"planning.assign", "field.edit"} <= set(role.permissions) and RULES not in role.permissions:
            role.permissions = [*role.permissions, RULES]
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_report_absence")]
    operations = [migrations.RunPython(let_manage, migrations.RunPython.noop)]
