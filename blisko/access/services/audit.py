from collections.abc import Mapping
from datetime import datetime

from blisko.access.models import AuditEntry
from blisko.access.rules import Actor


def write_audit(actor: Actor, verb: str, subject: str, *, now: datetime, detail: Mapping[str, object] | None = None) -> None:
    """Write down that the actor did this; `detail` holds values, never secrets."""
    AuditEntry.objects.create(at=now, actor=actor.id, actor_name=actor.name[:120], verb=verb, subject=subject, detail=dict(detail or {}))
