from datetime import time

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    BreakRule = apps.get_model("field", "BreakRule")
    BreakRule.objects.get_or_create(team=None, defaults={"earliest": time(11), "latest": time(14), "minutes": 30})


class Migration(migrations.Migration):
    dependencies = [("field", "0002_what_the_planner_needs")]
    operations = [migrations.RunPython(lay, migrations.RunPython.noop)]
