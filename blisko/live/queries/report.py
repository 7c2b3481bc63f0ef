"""What a visit's report says, and the editions of it that were issued."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone, translation
from django.utils.formats import number_format

from blisko.access.rules import Actor
from blisko.field.queries import names_of_parts, used_for
from blisko.field.rules import first_name
from blisko.kit.fields import said
from blisko.live.models import Edition
from blisko.live.queries.house import visibility_now
from blisko.live.rules.visibility import names_him
from blisko.messaging.rules.words import date_words, time_words
from blisko.planning.queries import assignment_of
from blisko.planning.queries.problems import kit_of
from blisko.visits.queries import evidence_of, photos_of, signature_of, visit_for
from blisko.visits.rules import VisitState

if TYPE_CHECKING:
    from blisko.visits.models import Confirmation, LaterAnswer, Photo, Visit
    from blisko.visits.rules import Evidence

MINUS = "\u2212"


@dataclass(frozen=True)
class Report:
    """One visit in the words of one language. `times`: what happened and when; `steps`: those of the checklist that were ticked off, all
    where it was done and nobody ticked; `parts`: those that were used, the job's kit where it was done and nobody booked any.
    """

    number: str
    job: str
    day: str
    outcome: VisitState
    technician: str
    times: dict[str, str]
    steps: list[str]
    notes: list[str]
    parts: list[tuple[str, int]]
    values: list[tuple[str, str]]
    signed: str
    watch: str
    answer: dict[str, Any] | None
    later: dict[str, Any] | None
    photos: "list[Photo]"


def report_of(visit: "Visit", language: str) -> Report:
    """Answer the report of a visit that has ended, for the house's own use; the technician's own notes, never the desk's.

    It names the technician where the house names him to customers at all.
    """
    job, assignment = visit.order.job_type, assignment_of(visit.pk)
    by = f"user:{assignment.technician.user_id}" if assignment else ""
    written = visit.notes.filter(by_customer=False, by=by).order_by("at", "pk").values_list("text", flat=True)
    moments = {"set_out": visit.set_out_at, "arrived": visit.arrived_at, "ended": visit.ended_at}
    done, has = visit.state == VisitState.DONE, evidence_of(visit)
    return Report(
        number=visit.number,
        job=said(job.names, language),
        day=_day(visit.ended_at or visit.window_from, language),
        outcome=VisitState(visit.state),
        technician=first_name(assignment.technician.name) if assignment and names_him(visibility_now(), under_way=True) else "",
        times={name: _clock(moment) for name, moment in moments.items() if moment},
        steps=[said(step, language) for nr, step in enumerate(job.checklist) if (nr in has.steps if has.steps else done)],
        notes=[text for text in dict.fromkeys([visit.end_note, *written]) if text],
        parts=_parts(visit, language) if done or used_for([visit.pk]) else [],
        values=_values(visit, has, language),
        signed=signature.name if (signature := signature_of(visit.pk)) else "",
        watch=said(job.watch, language),
        answer=_answer(getattr(visit, "confirmation", None), language),
        later=_answer(getattr(visit, "later_answer", None), language),
        photos=sorted(photos_of(visit.pk), key=lambda photo: photo.by_customer),
    )


def _parts(visit: "Visit", language: str) -> list[tuple[str, int]]:
    counts = used_for([visit.pk]).get(visit.pk) or kit_of(visit.kit)
    names = names_of_parts(counts)
    return [(said(names[code], language), count) for code, count in sorted(counts.items())]


def _values(visit: "Visit", has: "Evidence", language: str) -> list[tuple[str, str]]:
    """Answer what was measured, in the order in which the job type asks for it: how it is called, and the value with its unit."""
    found = []
    for one in visit.order.job_type.closing.get("measures", []):
        if (value := has.measured.get(one["key"])) is not None:
            with translation.override(language):
                words = number_format(value, use_l10n=True, decimal_pos=None if value % 1 else 0)
            name = said(one.get("names") or {"en": one["key"]}, language)
            found.append((name, f"{words.replace('-', MINUS)} {one.get('unit', '')}".strip()))
    return found


def _answer(given: "Confirmation | LaterAnswer | None", language: str) -> dict[str, Any] | None:
    return {"works": given.works, "day": _day(given.at, language), "time": _clock(given.at)} if given else None


def report_for(actor: Actor, visit_id: int, language: str, *, now: datetime) -> Report:
    """Answer the report of a visit that has ended, to whoever may see the visit."""
    return report_of(visit_for(actor, visit_id, now=now), language)


def _day(moment: datetime, language: str) -> str:
    return date_words(timezone.localtime(moment).date(), language)


def _clock(moment: datetime) -> str:
    return time_words(timezone.localtime(moment).time())


def edition_of(visit_id: int) -> Edition | None:
    """Answer the newest edition of a visit's report, for the house's own use."""
    return Edition.objects.filter(visit_id=visit_id).order_by("-number").first()


def edition_for(actor: Actor, visit_id: int, *, now: datetime) -> Edition | None:
    """Answer the newest edition of the report, to whoever may see the visit."""
    visit_for(actor, visit_id, now=now)
    return edition_of(visit_id)


def editions_for(actor: Actor, visit_id: int, *, now: datetime) -> list[Edition]:
    """Answer every edition of the report, the first one first, to whoever may see the visit."""
    visit_for(actor, visit_id, now=now)
    return list(Edition.objects.filter(visit_id=visit_id).order_by("number"))


@dataclass(frozen=True)
class Verdict:
    """What we know of a file: when we issued exactly it, and whether a newer edition followed."""

    issued_at: datetime
    number: int
    newest: bool


def verdict_on(content: bytes, *, actor: Actor) -> Verdict | None:
    """Answer when we issued exactly these bytes, nothing where we never did; anybody may ask, whoever holds the file holds the secret."""
    edition = Edition.objects.filter(sha256=hashlib.sha256(content).hexdigest()).first()
    if edition is None:
        return None
    newest = not Edition.objects.filter(visit_id=edition.visit_id, number__gt=edition.number).exists()
    return Verdict(edition.issued_at, edition.number, newest)
