from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ABSENCE = "field.report_absence"


def let_dispatch(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Whoever plans the day may say that somebody does not work: in houses whose roles were laid before that could be said."""
    for role in apps.get_model("accounts", "Role").objects.all():
        if "planning.assign" in role.permissions and ABSENCE not in role.permissions:
            role.permissions = [*role.permissions, ABSENCE]
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_first_roles")]
    operations = [migrations.RunPython(let_dispatch, migrations.RunPython.noop)]
