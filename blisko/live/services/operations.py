"""Work that technicians' telephones kept until there was a network: each operation takes effect once, in the order it was done."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.db.models import QuerySet

from blisko.access.rules import Actor, require
from blisko.access.services import keep_days, write_audit
from blisko.accounts.queries import actor_for
from blisko.field.queries import own_technician
from blisko.kit.errors import NotFound, Refusal, Unavailable
from blisko.kit.files import whole_or_nothing
from blisko.kit.push import push
from blisko.kit.steps import steps_of, take_step
from blisko.live.errors import ForeignQueue, NoSuchOperation, UploadAway
from blisko.live.models import Operation, OperationQueue
from blisko.live.queries.operations import whole_upload
from blisko.live.rules.operations import EVIDENCE, HELP, PICTURES, STOCK, Kind, OperationState, Told, due_past, own_time
from blisko.live.services.uploads import forget_upload
from blisko.live.services.working import do_on_visit
from blisko.planning.queries import was_given
from blisko.visits.queries import lock_visits

GAP_BEARS = timedelta(minutes=10)  # how long later work waits for one number that does not arrive
log = logging.getLogger(__name__)


@whole_or_nothing()
@transaction.atomic
def take_operations(queue_id: UUID, told: Sequence[Told], *, who: int, sent: datetime, actor: Actor, now: datetime) -> list[Operation]:
    """Take in what a telephone's queue tells, in any order and however often; answer each one's row, in the order told.

    An operation takes effect once, after all with a smaller number; one that came too early waits. What can no longer be done as meant
    is kept aside for a dispatcher and holds up nothing. `who`: whose work it is, by the telephone; `sent`: its clock when it sent. Refuses
    `ForeignQueue`, and `UploadAway` for a picture that has to be sent before.
    """
    me = own_technician(actor)
    if who != me.pk:
        raise ForeignQueue
    OperationQueue.objects.get_or_create(pk=queue_id, defaults={"technician": me, "heard_at": now})
    queue = OperationQueue.objects.select_for_update().get(pk=queue_id)
    if queue.technician_id != me.pk:
        raise ForeignQueue
    _hold_visits(queue, told)
    known = Operation.objects.in_bulk([one.id for one in told])
    for one in told:
        if one.id not in known:
            _check_picture(one, me.pk)
            known[one.id] = _kept(one, queue, sent=sent, now=now)
    _go_on(queue, actor=actor, now=now)
    after = Operation.objects.in_bulk([one.id for one in told])
    return [after[one.id] for one in told]


def _hold_visits(queue: OperationQueue, told: Sequence[Told] = ()) -> None:
    """Lock the visits of all that may take effect, as everybody does: before anything of them, in their order."""
    waiting = Operation.objects.filter(queue=queue, state=OperationState.WAITING).values_list("visit_id", flat=True)
    lock_visits({*waiting, *(one.visit_id for one in told)})


def _check_picture(one: Told, technician_id: int) -> None:
    if one.kind in PICTURES and whole_upload(technician_id, one.data["sha256"]) is None:
        raise UploadAway(details={"sha256": one.data["sha256"]})


def _kept(one: Told, queue: OperationQueue, *, sent: datetime, now: datetime) -> Operation:
    told_at = one.at or sent
    return Operation.objects.create(
        pk=one.id, queue=queue, number=one.number, visit_id=one.visit_id, kind=one.kind, data=dict(one.data),
        told_at=told_at, at=own_time(told_at, sent=sent, now=now, after=None), received_at=now,
    )  # fmt: skip


def _go_on(queue: OperationQueue, *, actor: Actor, now: datetime) -> None:
    """Do what is due, number after number; help, and one whose number was used already, at once."""
    waiting = Operation.objects.filter(queue=queue, state=OperationState.WAITING).order_by("number", "received_at", "pk")
    settled = Operation.objects.filter(queue=queue, number__gte=queue.due).exclude(state=OperationState.WAITING)
    early = set(settled.values_list("number", flat=True))
    for one in waiting:
        queue.due = due_past(queue.due, early)
        if one.number > queue.due and one.kind not in HELP:
            continue
        one.at = max(one.at, min(queue.last_at, now)) if queue.last_at and one.number == queue.due else one.at
        _try(one, queue, actor=actor, now=now)
        if one.number == queue.due:
            queue.due, queue.last_at = queue.due + 1, queue.last_at if one.kind == Kind.ODD else one.at
    queue.heard_at = now
    queue.save(update_fields=["due", "last_at", "heard_at"])


def _try(one: Operation, queue: OperationQueue, *, actor: Actor, now: datetime) -> None:
    """Let one operation take effect, or set it aside with the reason."""
    why = _done(one, queue, actor=actor)
    if why == NotFound.code and one.kind in EVIDENCE and was_given(one.visit_id, queue.technician_id):
        why = _done(one, queue, actor=_once_his(actor))
    if why:
        take_step(one, "set_aside", by=actor, now=now, why=why, reason=why, at=one.at, settled_at=now)
        push("day")
    else:
        take_step(one, "apply", by=actor, now=now, at=one.at, settled_at=now)
        _let_go(one, queue)


def _let_go(one: Operation, queue: OperationQueue) -> None:
    """Forget a picture on its way once it has arrived where it belongs, and nothing else waits for it."""
    sha256 = one.data.get("sha256")
    others = Operation.objects.filter(data__sha256=sha256).exclude(state=OperationState.APPLIED).exclude(state=OperationState.DISMISSED)
    if sha256 and not others.exists():
        forget_upload(queue.technician_id, sha256)


def _once_his(actor: Actor) -> Actor:
    """Answer the technician as he was when the visit was his: what he found and did there stays true."""
    return Actor(actor.kind, actor.id, actor.name, actor.permissions | {"visits.see_all"})


def _done(one: Operation, queue: OperationQueue, *, actor: Actor) -> str:
    """Answer why an operation cannot be done, "" once it is."""
    try:
        with transaction.atomic():
            do_on_visit(Kind(one.kind), one.visit_id, _data_of(one, queue), op=one.pk, actor=actor, now=one.at, heard=one.received_at)
    except (OperationalError, InterfaceError, Unavailable):
        raise  # the database or the place for files is away: the telephone keeps it all and sends it again
    except Refusal as no:
        return no.code
    except Exception:  # an odd record never blocks the queue: a person sees it
        log.exception("operation %s (%s) of visit %s could not be done", one.pk, one.kind, one.visit_id)
        return "error"
    return ""


def _data_of(one: Operation, queue: OperationQueue) -> dict[str, Any]:
    if one.kind not in PICTURES:
        return dict(one.data)
    rest = {name: value for name, value in one.data.items() if name != "sha256"}
    return {**rest, "content": whole_upload(queue.technician_id, one.data["sha256"]) or b""}


def go_on_without(*, now: datetime) -> int:
    """Do what has waited long for a number that never came, as if it had: nothing a technician did is held up for ever. Answer how many."""
    late = Operation.objects.filter(state=OperationState.WAITING, received_at__lt=now - GAP_BEARS)
    queues = sorted(set(late.values_list("queue_id", flat=True)))
    return sum(_gone_on(queue_id, late, now=now) for queue_id in queues)


def _gone_on(queue_id: UUID, late: QuerySet[Operation], *, now: datetime) -> bool:
    """Tell whether one queue went on; what goes wrong in one holds up no other."""
    try:
        with whole_or_nothing(), transaction.atomic():
            queue = OperationQueue.objects.select_for_update().get(pk=queue_id)
            _hold_visits(queue)
            first = late.filter(queue=queue).order_by("number").first()
            if first is not None:
                queue.due = first.number
                _go_on(queue, actor=actor_for(queue.technician.user), now=now)
    except (DatabaseError, Unavailable):
        log.exception("queue %s could not go on without a number", queue_id)
        return False
    return True


@transaction.atomic
def apply_aside(operation_id: UUID, *, actor: Actor, now: datetime) -> Operation:
    """Do after all what was set aside, at the time at which the technician did it; refuses what the visit's state does not allow."""
    require(actor, "visits.run")
    one = _aside(operation_id)
    doer = _once_his(actor_for(one.queue.technician.user)) if one.kind in STOCK | HELP else actor  # his, whoever decides
    do_on_visit(Kind(one.kind), one.visit_id, _data_of(one, one.queue), op=one.pk, actor=doer, now=one.at, heard=now)
    take_step(one, "apply", by=actor, now=now, settled_at=now)
    _let_go(one, one.queue)
    return _looked_at(one, "apply_operation", actor=actor, now=now)


@transaction.atomic
def dismiss_aside(operation_id: UUID, *, actor: Actor, now: datetime) -> Operation:
    """Leave what was set aside as it is: seen, and without effect."""
    require(actor, "visits.run")
    one = _aside(operation_id)
    take_step(one, "dismiss", by=actor, now=now, settled_at=now)
    return _looked_at(one, "dismiss_operation", actor=actor, now=now)


def _aside(operation_id: UUID) -> Operation:
    one = Operation.objects.select_for_update().filter(pk=operation_id, state=OperationState.ASIDE).first()
    if one is None:
        raise NoSuchOperation
    return one


def _looked_at(one: Operation, verb: str, *, actor: Actor, now: datetime) -> Operation:
    write_audit(actor, verb, f"visit:{one.visit_id}", now=now, detail={"kind": one.kind})
    push("day")
    return one


@keep_days("live.operations", 90, "What technicians' phones told of their work (what it did stays with the visits)")
def purge_operations(before: datetime) -> int:
    """Forget what has long taken effect or been looked at; answer how many."""
    old = list(Operation.objects.filter(received_at__lt=before, state__in=(OperationState.APPLIED, OperationState.DISMISSED)))
    for one in old:
        steps_of(one).delete()
    Operation.objects.filter(pk__in=[one.pk for one in old]).delete()
    return len(old)
