import secrets
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction

from blisko.access.rules import Actor
from blisko.access.services import keep_days
from blisko.kit.files import forget_files
from blisko.kit.pictures import UnreadablePicture, clean_picture
from blisko.visits import queries, rules
from blisko.visits.errors import BadPicture
from blisko.visits.models import Measured, Signature, Tick, Visit
from blisko.visits.services.booking import tell_watchers

SIDE = 800  # pixels of a signature


def _worked_on(visit_id: int, proof: str, *, actor: Actor, now: datetime) -> Visit:
    visit = queries.visit_for(actor, visit_id, now=now, lock=True)
    rules.check_step(actor, proof)
    tell_watchers(visit_id)
    return visit


@transaction.atomic
def tick_step(visit_id: int, step: int, done: bool, *, actor: Actor, now: datetime) -> Tick:
    """Say that a step of the checklist (counted from 0) is done, or that it is not; refuses `NoSuchStep`."""
    visit = _worked_on(visit_id, "tick", actor=actor, now=now)
    rules.check_tick(step, len(visit.order.job_type.checklist))
    return Tick.objects.update_or_create(visit=visit, step=step, defaults={"done": done, "at": now, "by": actor.id})[0]


@transaction.atomic
def measure_value(visit_id: int, key: str, value: float, *, actor: Actor, now: datetime) -> Measured:
    """Keep a value the job type asks for; one outside its limits, too, which stands in the way of "done". Refuses `NoSuchMeasure`."""
    visit = _worked_on(visit_id, "measure", actor=actor, now=now)
    rules.check_measure(visit.order.job_type.asks_for, key, value)
    return Measured.objects.update_or_create(visit=visit, key=key, defaults={"value": value, "at": now, "by": actor.id})[0]


@transaction.atomic
def sign_visit(visit_id: int, content: bytes, name: str, *, actor: Actor, now: datetime) -> Signature:
    """Keep what somebody at the customer's signed, in place of what was signed before; refuses `BadPicture`."""
    visit = _worked_on(visit_id, "sign", actor=actor, now=now)
    try:
        picture = clean_picture(content, side=SIDE)
    except UnreadablePicture:
        raise BadPicture from None
    before = list(Signature.objects.filter(visit=visit))
    Signature.objects.filter(visit=visit).delete()
    transaction.on_commit(lambda: forget_files(one.file for one in before), robust=True)
    signature = Signature(visit=visit, name=name.strip()[:120], sha256=picture.sha256, at=now, by=actor.id)
    signature.file.save(f"{secrets.token_hex(16)}.webp", ContentFile(picture.content), save=False)
    signature.save()
    return signature


@keep_days("visits.signatures", 365, "Signatures of visits")
def forget_signatures(before: datetime) -> int:
    """Delete signatures with their files."""
    old = Signature.objects.filter(at__lt=before)
    forget_files(one.file for one in old)
    return old.delete()[0]
