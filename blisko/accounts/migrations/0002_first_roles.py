from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from blisko.accounts.rules import FIRST_ROLES


def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    Role = apps.get_model("accounts", "Role")
    for first in FIRST_ROLES:
        Role.objects.get_or_create(code=first.code, defaults={"names": first.names, "permissions": list(first.permissions)})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(lay, migrations.RunPython.noop)]
