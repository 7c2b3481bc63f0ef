from datetime import datetime

from django.db import connection, transaction

from blisko.access.rules import Actor, require
from blisko.access.services import write_audit
from blisko.kit.push import push
from blisko.live.models import PositionRules
from blisko.live.services.intake import NEAR_HOME

FORGET = f"""
DELETE FROM live_fix f USING live_device d
 WHERE d.id = f.device_id AND (d.technician_id = %s OR %s)
   AND EXISTS {NEAR_HOME.format(technician="d.technician_id", place="f")}
"""  # noqa: S608 - made of constants


@transaction.atomic
def forget_near_home(technician_id: int | None) -> int:
    """Delete every place that is kept of somebody (None: of anybody) around his home; answer how many. Twice is once."""
    with connection.cursor() as cursor:  # whoever is writing places ends first; whoever comes after knows of the home
        cursor.execute("LOCK TABLE live_fix IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(FORGET, [technician_id, technician_id is None])
        return int(cursor.rowcount)


@transaction.atomic
def change_position_rules(wanted: PositionRules, *, actor: Actor, now: datetime) -> PositionRules:
    """Say how far around a home no place is kept, from now on and of what is kept."""
    require(actor, "field.edit")
    wanted.pk = 1
    wanted.full_clean(validate_unique=False, validate_constraints=False)
    wanted.save()
    forget_near_home(None)
    write_audit(actor, "change_position_rules", "position_rules", now=now, detail={"home_metres": wanted.home_metres})
    push("areas")
    return wanted
