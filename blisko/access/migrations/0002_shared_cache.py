from django.apps.registry import Apps
from django.core.management import call_command
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The table that the processes share for counting tries at signing in."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]
    operations = [migrations.RunPython(lay, migrations.RunPython.noop)]
