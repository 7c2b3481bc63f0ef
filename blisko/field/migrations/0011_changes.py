from django.db import migrations

from blisko.kit.marks import watch

CREW = ("technician", "technician_skills", "technician_zones", "skill", "zone", "van", "van_tools", "tool", "vanstock", "part")
DAYS = ("shift", "team", "breakrule", "home", "depot")


class Migration(migrations.Migration):
    dependencies = [("field", "0010_work_areas"), ("kit", "0002_changes")]

    operations = watch(*(f"field_{table}" for table in CREW + DAYS))
