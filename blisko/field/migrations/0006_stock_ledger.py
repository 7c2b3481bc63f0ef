from typing import Any
from uuid import uuid4

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone


def open_the_book(apps: Any, schema_editor: Any) -> None:
    """Write down what vans and depots hold as the first lines of the book, so that its sum is the stock from the beginning."""
    model = {name: apps.get_model("field", name) for name in ("StockBooking", "StockMovement", "VanStock", "DepotStock")}
    rows = [(where, row) for name, where in (("VanStock", "van_id"), ("DepotStock", "depot_id")) for row in model[name].objects.all()]
    if not rows:
        return
    now = timezone.now()
    booking = model["StockBooking"].objects.create(op=uuid4(), kind="opening", at=now, by="system")
    model["StockMovement"].objects.bulk_create(
        [
            model["StockMovement"](
                booking=booking, kind="opening", part_id=row.part_id, change=row.count, at=now, **{where: getattr(row, where)}
            )
            for where, row in rows
        ],
        batch_size=1000,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('field', '0005_nobody_works_twice'),
    ]

    operations = [
        migrations.CreateModel(
            name='StockBooking',
            fields=[
                ('op', models.UUIDField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=12)),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=80)),
                ('visit_id', models.PositiveBigIntegerField(blank=True, db_index=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='depotstock',
            name='minimum',
            field=models.PositiveIntegerField(blank=True, help_text='Fewer are too few; empty: as many as the next days want.', null=True),
        ),
        migrations.AddField(
            model_name='vanstock',
            name='minimum',
            field=models.PositiveIntegerField(blank=True, help_text='Fewer are too few; empty: as many as the next days want.', null=True),
        ),
        migrations.CreateModel(
            name='StockMovement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('change', models.IntegerField()),
                ('at', models.DateTimeField()),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='field.stockbooking')),
                ('depot', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='field.depot')),
                ('part', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='field.part')),
                ('van', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='field.van')),
            ],
            options={
                'indexes': [models.Index(fields=['van', 'part', 'at'], name='movements_of_van'), models.Index(fields=['depot', 'part', 'at'], name='movements_of_depot')],
                'constraints': [models.CheckConstraint(condition=models.Q(('van', None), ('depot', None), _connector='OR'), name='movement_in_one_place')],
            },
        ),
        migrations.RunPython(open_the_book, migrations.RunPython.noop),
    ]
