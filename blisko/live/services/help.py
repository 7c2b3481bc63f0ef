"""Help on visits: asked from telephones, taken, answered and closed at the console; what nobody answers in time goes on to more people."""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.db import transaction

from blisko.access.rules import SYSTEM, Actor, require
from blisko.access.services import keep_days, spend, write_audit
from blisko.field.queries import own_technician
from blisko.kit.events import emit
from blisko.kit.files import forget_files
from blisko.kit.phones import clean_phone
from blisko.kit.pictures import UnreadablePicture, clean_picture
from blisko.kit.push import push
from blisko.kit.steps import steps_of, take_step
from blisko.live.errors import NoSuchHelp, NothingSaid
from blisko.live.events import HelpAsked, HelpEscalated
from blisko.live.models import HelpDuty, HelpMessage, HelpRules, HelpThread
from blisko.live.queries.help import duty_of, help_terms, may_answer
from blisko.live.rules.help import WAITING, HelpSaid, HelpState, next_due
from blisko.visits.errors import BadPicture
from blisko.visits.queries import visit_for

if TYPE_CHECKING:
    from blisko.field.models import Technician
    from blisko.visits.models import Visit

SIDE = 1600  # pixels of a picture
LINES_AN_HOUR = 240


@transaction.atomic
def ask_for_help(visit_id: int, *, text: str, actor: Actor, now: datetime, heard: datetime) -> HelpMessage:
    """Ask for help on one's own visit in words: written at `now`, and waiting from `heard` on. Refuses `NoSuchVisit`, `TooFast`."""
    return _line(visit_id, HelpSaid.TEXT, text=text, actor=actor, now=now, heard=heard)


@transaction.atomic
def show_for_help(visit_id: int, *, content: bytes, caption: str, actor: Actor, now: datetime, heard: datetime) -> HelpMessage:
    """The same with a picture, which is kept without what the camera wrote into it; refuses `BadPicture`, too."""
    try:
        picture = clean_picture(content, side=SIDE, effort=0)  # somebody waits for it
    except UnreadablePicture:
        raise BadPicture from None
    return _line(visit_id, HelpSaid.PHOTO, text=caption, content=picture.content, actor=actor, now=now, heard=heard)


@transaction.atomic
def note_help_call(visit_id: int, *, outcome: HelpSaid, actor: Actor, now: datetime, heard: datetime) -> HelpMessage:
    """Note that the technician rings for help, that nobody answered and he wants to be called back, or that they spoke."""
    return _line(visit_id, outcome, actor=actor, now=now, heard=heard)


def _line(
    visit_id: int, said: HelpSaid, *, actor: Actor, now: datetime, heard: datetime, text: str = "", content: bytes = b""
) -> HelpMessage:
    require(actor, "live.own_day")
    visit, me = visit_for(actor, visit_id, now=now, lock=True), own_technician(actor)
    spend(f"help:{actor.id}", limit=LINES_AN_HOUR, per=3600, now=heard)
    thread = _spoken_of(visit, now) or _thread(visit, me, said, actor=actor, heard=heard)
    if said == HelpSaid.SPOKE and thread.state in WAITING:
        take_step(thread, "answer", by=actor, now=heard, due_at=None)
    return _keep(thread, said, text, content, actor=actor, at=now, heard=heard)


def _spoken_of(visit: "Visit", at: datetime) -> HelpThread | None:
    """Answer the thread on which they have spoken since: what was said before that and arrives only now asks for nothing any more."""
    spoken = HelpMessage.objects.filter(thread__visit=visit, said=HelpSaid.SPOKE, at__gt=at).order_by("-at", "-pk").first()
    return spoken.thread if spoken else None


def _thread(visit: "Visit", me: "Technician", said: HelpSaid, *, actor: Actor, heard: datetime) -> HelpThread:
    """Answer the visit's thread, which waits from now on unless it is told that they spoke; the visit is held, so there is one."""
    waits: dict[str, Any] = {"technician": me, "heard_at": heard, "due_at": heard + help_terms().answer, "step": 0}
    waits |= {"taken_by": "", "taken_name": ""}
    thread = HelpThread.objects.select_for_update().filter(visit=visit).exclude(state=HelpState.CLOSED).first()
    if thread is None:
        thread = HelpThread.objects.create(visit=visit, opened_at=heard, **waits)
    elif thread.state == HelpState.ANSWERED and said != HelpSaid.SPOKE:
        take_step(thread, "ask", by=actor, now=heard, **waits)
    else:
        HelpThread.objects.filter(pk=thread.pk).update(technician=me)  # a colleague may go on with it
        return thread
    emit(HelpAsked(thread_id=thread.pk, visit_id=visit.pk, at=heard))
    return thread


def _keep(thread: HelpThread, said: HelpSaid, text: str, content: bytes, *, actor: Actor, at: datetime, heard: datetime) -> HelpMessage:
    message = HelpMessage(
        thread=thread, said=said, text=text.strip()[:2000], by=actor.id, by_name=actor.name[:120], by_technician=True, at=at, heard_at=heard
    )
    if content:
        message.file.save(f"{secrets.token_hex(16)}.webp", ContentFile(content), save=False)
    message.save()
    _tell(thread)
    return message


def _tell(thread: HelpThread) -> None:
    push("help")
    push(f"visit:{thread.visit_id}")


@transaction.atomic
def take_help(thread_id: int, *, actor: Actor, now: datetime) -> HelpThread:
    """Say that one answers: the technician and everybody at a console see who; until he is answered the time runs on."""
    thread = _answerable(thread_id, actor, now)
    take_step(thread, "take", by=actor, now=now, taken_by=actor.id, taken_name=actor.name[:120])
    _tell(thread)
    return thread


@transaction.atomic
def answer_help(thread_id: int, text: str, *, actor: Actor, now: datetime, spoke: bool = False) -> HelpMessage:
    """Answer in words, or say with `spoke` that it was by telephone; nobody is told any more. Refuses `NothingSaid`."""
    thread = _answerable(thread_id, actor, now)
    if not text.strip() and not spoke:
        raise NothingSaid
    take_step(thread, "answer", by=actor, now=now, due_at=None, taken_by=actor.id, taken_name=actor.name[:120])
    said = HelpSaid.SPOKE if spoke else HelpSaid.TEXT
    message = HelpMessage.objects.create(
        thread=thread, said=said, text=text.strip()[:2000], by=actor.id, by_name=actor.name[:120], by_technician=False, at=now, heard_at=now
    )
    write_audit(actor, "answer_help", f"visit:{thread.visit_id}", now=now, detail={"help": thread.pk, "spoke": spoke})
    _tell(thread)
    return message


@transaction.atomic
def close_help(thread_id: int, matter: str, *, actor: Actor, now: datetime) -> HelpThread:
    """Close a thread with what was the matter; refuses `NothingSaid` without it."""
    thread = _answerable(thread_id, actor, now)
    if not matter.strip():
        raise NothingSaid
    take_step(thread, "close", by=actor, now=now, due_at=None, closed_at=now, matter=matter.strip()[:500])
    write_audit(actor, "close_help", f"visit:{thread.visit_id}", now=now, detail={"help": thread.pk})
    _tell(thread)
    return thread


def _answerable(thread_id: int, actor: Actor, now: datetime) -> HelpThread:
    thread = HelpThread.objects.select_for_update(of=("self",)).select_related("visit__order").filter(pk=thread_id).first()
    if thread is None or not may_answer(actor, thread, duty_of(thread, now=now)):
        raise NoSuchHelp
    return thread


@transaction.atomic
def escalate_help(*, now: datetime) -> int:
    """Tell more people of every thread nobody has answered in time, each step once; answer how many steps. Emits `HelpEscalated`."""
    terms, count = help_terms(), 0
    for thread in HelpThread.objects.select_for_update(skip_locked=True).filter(due_at__lte=now).order_by("due_at", "pk"):
        while thread.due_at is not None and thread.due_at <= now:
            step = thread.step + 1
            take_step(thread, "escalate", by=SYSTEM, now=now, why=str(step), step=step, due_at=next_due(step, thread.due_at, terms))
            emit(HelpEscalated(thread_id=thread.pk, visit_id=thread.visit_id, step=step, at=now))
            count += 1
        _tell(thread)
    return count


@transaction.atomic
def change_help_rules(wanted: HelpRules, *, actor: Actor, now: datetime) -> HelpRules:
    """Say how long technicians wait for help, and who is told then; numbers are cleaned, and refused with `BadContact`."""
    require(actor, "field.edit")
    wanted.pk = 1
    wanted.phone, wanted.last_phone = (clean_phone(one) if one else "" for one in (wanted.phone, wanted.last_phone))
    wanted.full_clean(validate_unique=False, validate_constraints=False)
    wanted.save()
    write_audit(actor, "change_help_rules", "help_rules", now=now, detail={"minutes": [wanted.answer_minutes, wanted.next_minutes]})
    return wanted


@transaction.atomic
def set_help_duty(wanted: HelpDuty, *, actor: Actor, now: datetime) -> HelpDuty:
    """Put somebody on duty, or change when; refuses `BadContact` for a number that cannot ring."""
    require(actor, "field.edit")
    wanted.phone = clean_phone(wanted.phone)
    wanted.full_clean()
    wanted.save()
    write_audit(actor, "set_help_duty", f"user:{wanted.person_id}", now=now, detail={"duty": wanted.pk})
    push("help")
    return wanted


@transaction.atomic
def end_help_duty(duty_id: int, *, actor: Actor, now: datetime) -> None:
    """Take somebody off duty for good."""
    require(actor, "field.edit")
    found = HelpDuty.objects.filter(pk=duty_id).first()
    if found is not None:
        found.delete()
        write_audit(actor, "end_help_duty", f"user:{found.person_id}", now=now, detail={"duty": duty_id})
        push("help")


@keep_days("live.help", 365, "What technicians asked on visits, with its pictures, and what they were answered")
def forget_help(before: datetime) -> int:
    """Delete threads nobody has written in since, with their pictures; answer how many."""
    old = HelpThread.objects.filter(opened_at__lt=before).exclude(messages__heard_at__gte=before)
    ids = list(old.values_list("pk", flat=True))
    forget_files(one.file for one in HelpMessage.objects.filter(thread_id__in=ids))
    for thread in HelpThread.objects.filter(pk__in=ids):
        steps_of(thread).delete()
    HelpThread.objects.filter(pk__in=ids).delete()
    return len(ids)
