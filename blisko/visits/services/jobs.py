from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from blisko.access.rules import Actor, require
from blisko.access.services import write_audit
from blisko.visits.models import JobType
from blisko.visits.rules import Priority, check_job_type


@transaction.atomic
def add_job_type(
    code: str,
    names: Mapping[str, str],
    *,
    actor: Actor,
    now: datetime,
    minutes: int,
    skills: Sequence[str] = (),
    kit: Sequence[Mapping[str, object]] = (),
    checklist: Sequence[Mapping[str, str]] = (),
    levels: Mapping[str, int] | None = None,
    tools: Sequence[str] = (),
    crew_size: int = 1,
    priority: Priority = Priority.NORMAL,
) -> JobType:
    """Add a kind of job: minutes it takes, skill codes, parts as {part, count}, steps as wordings; one there already stays as it is.

    `levels`: skill to least level where 1 is not enough. `tools`: codes. `crew_size`: 1, or 2 who go together.
    """
    require(actor, "visits.edit_job_types")
    check_job_type(levels or {}, crew_size)
    wanted: dict[str, object] = {
        "names": dict(names),
        "minutes": minutes,
        "skills": list(skills),
        "kit": list(kit),
        "checklist": list(checklist),
    }
    wanted |= {"levels": dict(levels or {}), "tools": list(tools), "crew_size": crew_size, "priority": priority}
    job_type, new = JobType.objects.get_or_create(code=code, defaults=wanted)
    if new:
        write_audit(actor, "add_job_type", f"job_type:{job_type.pk}", now=now)
    return job_type
