from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from blisko.access.rules import Actor, require
from blisko.access.services import write_audit
from blisko.field.models import Skill


@transaction.atomic
def add_skill(code: str, names: Mapping[str, str], *, actor: Actor, now: datetime) -> Skill:
    """Add something technicians may be able to do; one there already stays as it is."""
    require(actor, "field.edit")
    skill, new = Skill.objects.get_or_create(code=code, defaults={"names": dict(names)})
    if new:
        write_audit(actor, "add_skill", f"skill:{skill.pk}", now=now)
    return skill
