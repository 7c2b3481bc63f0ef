from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Whoever may do the one may do the other, in houses whose roles were laid before that could be done.
FOLLOWS = {"access.manage_keys": ("webhooks.manage", "live.issue_links"), "planning.rules": ("reports.see",)}


def let_them(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Administrators connect other systems, managers see the figures."""
    for role in apps.get_model("accounts", "Role").objects.all():
        more = [each for has, gets in FOLLOWS.items() if has in role.permissions for each in gets if each not in role.permissions]
        if more:
            role.permissions = [*role.permissions, *more]
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_planning_rules")]
    operations = [migrations.RunPython(let_them, migrations.RunPython.noop)]
