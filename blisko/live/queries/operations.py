"""Work that telephones told of: what was set aside, and the pictures that are on their way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from blisko.access.rules import Actor, require
from blisko.field.queries import own_technician
from blisko.live.models import Operation, Upload
from blisko.live.rules.operations import OperationState
from blisko.visits.queries import evidence_of, signature_of, visit_for, visits_by_id
from blisko.visits.rules import lacking

if TYPE_CHECKING:
    from blisko.visits.models import Signature, Visit


@dataclass(frozen=True)
class Aside:
    """What one technician did on one visit (None: in his van, or nobody can read where) that could not take effect, in his order."""

    visit: "Visit | None"
    technician: str
    operations: list[Operation]


@dataclass(frozen=True)
class ClosingStep:
    """One step of the checklist on the page: its place, its words, and whether it is done."""

    step: int
    words: dict[str, str]
    done: bool


@dataclass(frozen=True)
class ClosingValue:
    """One value the job type asks for: how it is called, its limits, and what was measured."""

    key: str
    names: dict[str, str]
    unit: str
    least: float | None
    most: float | None
    value: float | None
    good: bool


@dataclass(frozen=True)
class ClosingCard:
    """What a visit's job type asks for before it is done, and what of it there is."""

    steps: list[ClosingStep]
    values: list[ClosingValue]
    photos: int
    photos_left: int
    checklist: bool
    signature: bool
    signed: "Signature | None"
    lacks: list[str]


def closing_of(actor: Actor, visit_id: int, *, now: datetime) -> ClosingCard:
    """Answer what still has to be done on a visit the actor may see."""
    visit = visit_for(actor, visit_id, now=now)
    job_type, has = visit.order.job_type, evidence_of(visit)
    asked = job_type.asks_for
    names = {one["key"]: one.get("names") or {"en": one["key"]} for one in job_type.closing.get("measures", [])}
    return ClosingCard(
        [ClosingStep(nr, words, nr in has.steps) for nr, words in enumerate(job_type.checklist)],
        [
            ClosingValue(one.key, names[one.key], one.unit, one.least, one.most, value, value is None or one.holds(value))
            for one in asked.measures
            for value in [has.measured.get(one.key)]
        ],
        asked.photos,
        max(0, asked.photos - has.photos),
        asked.checklist,
        asked.signature,
        signature_of(visit.pk),
        lacking(asked, len(job_type.checklist), has),
    )


def set_aside(actor: Actor) -> list[Aside]:
    """Answer the work that waits for a dispatcher's look, the oldest first."""
    require(actor, "visits.run")
    rows = list(Operation.objects.filter(state=OperationState.ASIDE).select_related("queue__technician").order_by("at", "number"))
    visits = visits_by_id(actor, {row.visit_id for row in rows})
    found: dict[tuple[int, int], Aside] = {}
    for row in rows:
        key = (row.visit_id, row.queue.technician_id)
        found.setdefault(key, Aside(visits.get(row.visit_id), row.queue.technician.name, [])).operations.append(row)
    return list(found.values())


def own_aside(actor: Actor, visit_ids: Iterable[int], *, since: datetime) -> dict[int, list[Operation]]:
    """Answer what could not take effect of one's own work, by visit."""
    me = own_technician(actor)
    rows = Operation.objects.filter(queue__technician=me, visit_id__in=list(visit_ids), received_at__gte=since)
    rows = rows.filter(state__in=(OperationState.ASIDE, OperationState.DISMISSED))
    found: dict[int, list[Operation]] = {}
    for row in rows.order_by("at", "number"):
        found.setdefault(row.visit_id, []).append(row)
    return found


def have_of(actor: Actor, sha256: str) -> int:
    """Answer how many bytes of a picture of one's own have arrived."""
    upload = Upload.objects.filter(technician=own_technician(actor), sha256=sha256.lower()).first()
    return len(upload.content) if upload else 0


def whole_upload(technician_id: int, sha256: str) -> bytes | None:
    """Answer a picture that has arrived whole, for the house's own use; None where it has not."""
    upload = Upload.objects.filter(technician_id=technician_id, sha256=sha256).first()
    return bytes(upload.content) if upload and len(upload.content) == upload.length else None
