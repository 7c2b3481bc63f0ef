"""What people wish of the plan, and what customers were told of it."""

from datetime import datetime

from django.db import transaction

from blisko.access.rules import Actor, require
from blisko.access.services import write_audit
from blisko.field.queries import technician_for
from blisko.kit.push import push
from blisko.planning.models import Told, Wish
from blisko.planning.queries.what_if import day_of_visit
from blisko.planning.rules.wishes import WishKind
from blisko.planning.services.versions import bump_day
from blisko.visits.queries import visit_by_id, visit_for


@transaction.atomic
def set_wish(visit_id: int, technician_id: int, kind: WishKind, *, actor: Actor, now: datetime) -> Wish:
    """Say that a technician had better do a visit, must not, or alone may; said again, the last word counts."""
    require(actor, "planning.assign")
    visit = visit_for(actor, visit_id, now=now, lock=True)
    technician = technician_for(actor, technician_id)
    said = {"kind": kind, "at": now, "by": actor.id}
    wish, _ = Wish.objects.update_or_create(visit=visit, technician=technician, defaults=said)
    write_audit(actor, "set_wish", f"visit:{visit_id}", now=now, detail={"technician": technician.code, "kind": str(kind)})
    bump_day(day_of_visit(visit))
    push(f"visit:{visit_id}")
    return wish


@transaction.atomic
def drop_wish(visit_id: int, technician_id: int, *, actor: Actor, now: datetime) -> None:
    """Wish nothing of this technician for a visit any more; where nobody did, that is fine."""
    require(actor, "planning.assign")
    visit = visit_for(actor, visit_id, now=now, lock=True)
    gone, _ = Wish.objects.filter(visit=visit, technician_id=technician_id).delete()
    if gone:
        write_audit(actor, "drop_wish", f"visit:{visit_id}", now=now)
        bump_day(day_of_visit(visit))
        push(f"visit:{visit_id}")


def note_told(visit_id: int, span: tuple[datetime, datetime], *, key: str, now: datetime, technician_id: int | None = None) -> None:
    """Keep what a message made a customer expect, so that the planner knows the price of another word; `key` is the message's.

    `technician_id` None: the message names nobody. Safe to do twice.
    """
    told = {"visit_id": visit_id, "technician_id": technician_id, "told_from": span[0], "told_to": span[1], "at": now}
    Told.objects.get_or_create(key=key, defaults=told)


def note_changed(visit_id: int) -> None:
    """Count that what a day's plan rests on has changed, because a visit has that is planned on it."""
    bump_day(day_of_visit(visit_by_id(visit_id)))
