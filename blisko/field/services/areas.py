from datetime import datetime
from typing import Any

from django.db import transaction

from blisko.access.rules import Actor, require
from blisko.access.services import write_audit
from blisko.field.errors import NoSuchArea
from blisko.field.models import Region, WorkArea
from blisko.field.rules import read_outline
from blisko.kit.push import push


@transaction.atomic
def set_work_area(code: str, *, name: str, shape: Any, actor: Actor, now: datetime, region: str = "") -> WorkArea:
    """Say where positions of technicians of a region (made when new; of everybody, without one) may be kept: inside, and inside others.

    `shape`: a GeoJSON polygon without holes, longitude first. What is kept already stays; from here on nothing outside is.
    """
    require(actor, "field.edit")
    whose = Region.objects.get_or_create(code=region, defaults={"name": region})[0] if region else None
    wanted = {"name": name.strip(), "region": whose, "outline": read_outline(shape)}
    area, _ = WorkArea.objects.update_or_create(code=code, defaults=wanted)
    write_audit(actor, "set_work_area", f"area:{area.pk}", now=now)
    push("areas")
    return area


@transaction.atomic
def drop_work_area(code: str, *, actor: Actor, now: datetime) -> None:
    """Take an area away; where no other is left for somebody, his positions are kept anywhere again."""
    require(actor, "field.edit")
    area = WorkArea.objects.filter(code=code).first()
    if area is None:
        raise NoSuchArea
    write_audit(actor, "drop_work_area", f"area:{area.pk}", now=now)
    area.delete()
    push("areas")
