"""What a link shows, as a document for programs: the same facts of the same stage as the page."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any

from blisko.access.rules import Actor
from blisko.live.queries.link import Opened, seen_by_link, seen_by_program


def document_by_link(token: str, *, now: datetime) -> tuple[Opened, dict[str, Any]]:
    """Answer what a link opens, and what it shows now as a document; refuse what the page refuses."""
    seen = seen_by_link(token, now=now)
    return seen[0], _document(seen, now)


def document_for_program(actor: Actor, visit_id: int, *, now: datetime) -> tuple[Opened, dict[str, Any]]:
    """Answer the same to a program that may issue links."""
    seen = seen_by_program(actor, visit_id, now=now)
    return seen[0], _document(seen, now)


def _document(seen: tuple[Opened, Mapping[str, Any]], now: datetime) -> dict[str, Any]:
    """Answer the document of a link: its stage, the steps, and only those fields that its stage may show."""
    opened, view = seen
    visit = opened.visit
    return {
        "visit_id": visit.pk,
        "stage": str(opened.stage),
        "steps": [{"name": name, "state": state} for name, state in opened.steps],
        "at": now,
        "language": visit.order.customer.language,
        "fields": {field: OWN.get(field, _plain)(value) for field, value in view.items()},
    }


def _span(window: tuple[datetime, datetime] | None) -> dict[str, datetime] | None:
    return {"from": window[0], "to": window[1]} if window else None


def _with_span(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {**value, "window": value["window"] and _span(value["window"])} if value else None


def _phone(dial: Any) -> dict[str, Any] | None:
    return dial and {"uri": dial.uri, "masked": dial.masked}


def _eta(eta: Any) -> dict[str, Any] | None:
    return eta and {"from": None if eta.soon else eta.low, "to": eta.high, "by_plan": eta.by_plan}


def _delay(told: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {"from": told["from"], "to": told["to"], "at": told["at"], "replied": told["answer"]} if told else None


def _notes(notes: Any) -> list[dict[str, Any]] | None:
    return None if notes is None else [{"at": one.at, "text": one.text} for one in notes]


def _photos(photos: Any) -> list[dict[str, Any]] | None:
    return None if photos is None else [{"id": one.pk, "at": one.at, "caption": one.caption} for one in photos]


def _plain(value: Any) -> Any:
    """Answer a fact as JSON holds it."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, (bool, int, float, str, datetime)) else str(value)


# How a field is written that is more than a plain value.
OWN: Mapping[str, Callable[[Any], Any]] = {
    "window": _span,
    "likely": _span,
    "technician_photo": bool,
    "technician_phone": _phone,
    "eta": _eta,
    "held": _with_span,
    "notes": _notes,
    "delay": _delay,
    "photos": _photos,
    "follow_up": _with_span,
}
