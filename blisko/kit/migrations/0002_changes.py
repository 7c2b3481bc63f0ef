from django.db import migrations

from blisko.kit.marks import NOTE, NOTE_NO_MORE


class Migration(migrations.Migration):
    dependencies = [("kit", "0001_initial")]

    operations = [migrations.RunSQL(NOTE, NOTE_NO_MORE)]
