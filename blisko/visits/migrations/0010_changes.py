from django.db import migrations

from blisko.kit.marks import watch


class Migration(migrations.Migration):
    dependencies = [("visits", "0009_needs"), ("kit", "0002_changes")]

    operations = watch("visits_jobtype")
