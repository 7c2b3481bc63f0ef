"""A technician's private time and his breaks: nothing of where he is is kept, and they end by themselves."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction

from blisko.access.rules import Actor
from blisko.access.services import keep_days, write_audit
from blisko.field.queries import own_technician
from blisko.kit.push import push
from blisko.live.errors import BadPrivateTime
from blisko.live.models import PrivateTime
from blisko.live.queries.private import break_minutes, private_now, visits_under_way
from blisko.live.rules.fixes import PRIVATE_MINUTES

if TYPE_CHECKING:
    from blisko.field.models import Technician

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
    return _alone(me, now + timedelta(minutes=minutes), is_break=False, actor=actor, now=now)


@transaction.atomic
def take_break(*, actor: Actor, now: datetime) -> PrivateTime:
    """Pause: nothing of where he is is kept, and the console knows until when; as long as the breaks of his shift are planned."""
    me = own_technician(actor)
    return _alone(me, now + timedelta(minutes=break_minutes(actor, me.pk, now=now)), is_break=True, actor=actor, now=now)


def _alone(me: "Technician", ends_at: datetime, *, is_break: bool, actor: Actor, now: datetime) -> PrivateTime:
    with connection.cursor() as cursor:  # whoever is writing places ends first; whoever comes after sees the private time
        cursor.execute("LOCK TABLE live_fix IN SHARE ROW EXCLUSIVE MODE")
    private = private_now(me.pk, actor=actor, now=now)
    if private is None:
        private = PrivateTime.objects.create(technician=me, starts_at=now, ends_at=ends_at, is_break=is_break)
    else:
        private.ends_at, private.is_break = ends_at, is_break
        private.save(update_fields=["ends_at", "is_break"])
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [me.pk, private.starts_at, ends_at])
    write_audit(actor, "take_break" if is_break else "go_private", f"technician:{me.pk}", now=now, detail={"until": ends_at.isoformat()})
    _tell(me.pk, now)
    return private


@transaction.atomic
def end_private(*, actor: Actor, now: datetime) -> None:
    """End it before its time; twice is once."""
    me = own_technician(actor)
    if private := private_now(me.pk, actor=actor, now=now):
        private.ends_at = max(now, private.starts_at)
        private.save(update_fields=["ends_at"])
        write_audit(actor, "end_private", f"technician:{me.pk}", now=now)
        _tell(me.pk, now)


def _tell(technician_id: int, now: datetime) -> None:
    """Have every open page asked for anew that may show where he is."""
    push("shifts")
    push("day")
    for visit_id in visits_under_way(technician_id, now=now):
        push(f"visit:{visit_id}")


@keep_days("live.private_times", 30, "When technicians were private or on a break")
def purge_private_times(before: datetime) -> int:
    """Forget when somebody was private; answer how many times."""
    return PrivateTime.objects.filter(ends_at__lt=before).delete()[0]
