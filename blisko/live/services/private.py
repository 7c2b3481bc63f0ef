"""A technician's private time: nothing of where he is is kept, and it ends by itself."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from blisko.access.rules import Actor
from blisko.access.services import keep_days, write_audit
from blisko.field.queries import own_technician
from blisko.kit.push import push
from blisko.live.errors import BadPrivateTime
from blisko.live.models import PrivateTime
from blisko.live.queries.private import private_now
from blisko.live.rules.fixes import PRIVATE_MINUTES

FORGET = """
DELETE FROM live_fix f USING live_device d
 WHERE d.id = f.device_id AND d.technician_id = %s AND f.fix_time >= %s AND f.fix_time < %s
"""


@transaction.atomic
def go_private(minutes: int, *, actor: Actor, now: datetime) -> PrivateTime:
    """Keep nothing of where the technician who asks is for so many minutes; asked again, it ends so many minutes from then.

    What was kept of that time before this took hold is deleted. Refuses `BadPrivateTime` for other lengths than are offered.
    """
    me = own_technician(actor)
    if minutes not in PRIVATE_MINUTES:
        raise BadPrivateTime(details={"minutes": list(PRIVATE_MINUTES)})
    with connection.cursor() as cursor:  # whoever is writing places ends first; whoever comes after sees the private time
        cursor.execute("LOCK TABLE live_fix IN SHARE ROW EXCLUSIVE MODE")
    private, ends_at = private_now(me.pk, actor=actor, now=now), now + timedelta(minutes=minutes)
    if private is None:
        private = PrivateTime.objects.create(technician=me, starts_at=now, ends_at=ends_at)
    else:
        private.ends_at = ends_at
        private.save(update_fields=["ends_at"])
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [me.pk, private.starts_at, ends_at])
    write_audit(actor, "go_private", f"technician:{me.pk}", now=now, detail={"until": ends_at.isoformat()})
    push("shifts")
    return private


@transaction.atomic
def end_private(*, actor: Actor, now: datetime) -> None:
    """End it before its time; twice is once."""
    me = own_technician(actor)
    if private := private_now(me.pk, actor=actor, now=now):
        private.ends_at = max(now, private.starts_at)
        private.save(update_fields=["ends_at"])
        write_audit(actor, "end_private", f"technician:{me.pk}", now=now)
        push("shifts")


@keep_days("live.private_times", 30, "When technicians were private")
def purge_private_times(before: datetime) -> int:
    """Forget when somebody was private; answer how many times."""
    return PrivateTime.objects.filter(ends_at__lt=before).delete()[0]
