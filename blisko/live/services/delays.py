"""Customers are told of a delay before they ask, and say what they make of it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from blisko.access.rules import SYSTEM, Actor, require
from blisko.access.services import write_audit
from blisko.kit.events import ask_once, emit
from blisko.kit.push import push
from blisko.live.events import DelayAccepted, DelayTold
from blisko.live.models import CustomerRules, DelayNotice
from blisko.live.queries.delays import promised_of
from blisko.live.queries.house import delay_terms
from blisko.live.queries.notices import standing_notice
from blisko.live.rules.delays import OPEN, Answer, Expected, notice_of
from blisko.live.services.links import link_for
from blisko.live.services.telling import tell_customer
from blisko.planning.queries import assignment_of
from blisko.visits.queries import visit_for

LOOK = "live.look_for_delays"


@transaction.atomic
def tell_of_delay(visit_id: int, expected: Expected, *, now: datetime) -> DelayNotice | None:
    """Tell the customer when the technician comes, if what he counts on does not hold; decided again here, where nobody else decides."""
    visit = visit_for(SYSTEM, visit_id, now=now, lock=True)
    promised, terms = promised_of(visit, now=now), delay_terms()
    span = notice_of(promised, expected, now, timezone.get_default_timezone(), terms)
    if span is None:
        return None
    notice = DelayNotice.objects.create(
        visit=visit,
        window_from=visit.window_from,
        window_to=visit.window_to,
        counted_from=promised.counted_on[0],
        counted_to=promised.counted_on[1],
        told_from=span[0],
        told_to=span[1],
        at=now,
    )
    key = f"visit_delayed:{notice.pk}"
    tell_customer(visit, "visit_delayed", link=link_for(visit_id, now=now).pk, key=key, now=now, until=span[1], coming=span)
    emit(DelayTold(visit_id=visit_id, notice_id=notice.pk, starts=span[0], ends=span[1], at=now))
    push(f"visit:{visit_id}")
    return notice


@transaction.atomic
def accept_delay(visit_id: int, *, actor: Actor, now: datetime) -> DelayNotice | None:
    """Keep that the customer waits; said twice, or of no delay, it changes nothing. Answer what he agreed to."""
    visit = visit_for(actor, visit_id, now=now, lock=True)
    notice = standing_notice(visit)
    if notice is None or notice.answer or visit.state not in OPEN:
        return None
    _answer(notice, Answer.WAIT, now)
    emit(DelayAccepted(visit_id=visit_id, notice_id=notice.pk, at=now))
    push(f"visit:{visit_id}")
    return notice


@transaction.atomic
def note_answer(visit_id: int, answer: Answer, *, before: datetime, now: datetime) -> None:
    """Keep that a delay told before made the customer move or cancel the visit; who waits may still change his mind."""
    notice = DelayNotice.objects.filter(visit_id=visit_id, at__lte=before).order_by("-at", "-pk").first()
    if notice is not None and notice.answer in ("", Answer.WAIT):
        _answer(notice, answer, now)
        push(f"visit:{visit_id}")


def ask_for_delays(visit_id: int) -> None:
    """Have the day of a visit's technician looked at for delays; asked twice before, it is one look."""
    assignment = assignment_of(visit_id)
    if assignment is not None:
        ask_once(LOOK, "risks", f"{LOOK}:{assignment.technician_id}", technician_id=assignment.technician_id)


@transaction.atomic
def change_customer_rules(wanted: CustomerRules, *, actor: Actor, now: datetime) -> CustomerRules:
    """Say when customers are warned of delays and what they see of technicians, from now on."""
    require(actor, "messaging.edit_templates")
    wanted.pk = 1
    wanted.full_clean(validate_unique=False, validate_constraints=False)
    wanted.save()
    names = [field.name for field in CustomerRules._meta.fields if not field.primary_key]
    write_audit(actor, "change_customer_rules", "customer_rules", now=now, detail={name: str(getattr(wanted, name)) for name in names})
    push("assignments")  # what goes to open pages by itself is asked for anew
    return wanted


def _answer(notice: DelayNotice, answer: Answer, now: datetime) -> None:
    notice.answer, notice.answered_at = answer, now
    notice.save(update_fields=["answer", "answered_at"])
