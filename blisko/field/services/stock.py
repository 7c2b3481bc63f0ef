from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from blisko.access.rules import Actor, require
from blisko.access.services import write_audit
from blisko.field.models import Part, Tool, Van
from blisko.field.rules import check_parts
from blisko.field.services.booking import restock


@transaction.atomic
def add_part(code: str, names: Mapping[str, str], *, actor: Actor, now: datetime) -> Part:
    """Add a part that kits, vans and depots may hold; one there already stays as it is."""
    require(actor, "field.edit")
    part, new = Part.objects.get_or_create(code=code, defaults={"names": dict(names)})
    if new:
        write_audit(actor, "add_part", f"part:{part.pk}", now=now)
    return part


@transaction.atomic
def add_tool(code: str, names: Mapping[str, str], *, actor: Actor, now: datetime) -> Tool:
    """Add a tool that jobs may ask for; one there already stays as it is."""
    require(actor, "field.edit")
    tool, new = Tool.objects.get_or_create(code=code, defaults={"names": dict(names)})
    if new:
        write_audit(actor, "add_tool", f"tool:{tool.pk}", now=now)
    return tool


@transaction.atomic
def set_van(
    plate: str, *, actor: Actor, now: datetime, name: str = "", tools: Sequence[str] = (), parts: Mapping[str, int] | None = None
) -> Van:
    """Add a van, or say anew what the one with this plate carries: tools, and parts by code and count (None: none); made when new."""
    require(actor, "field.edit")
    check_parts(parts or {}, least=0)
    van, _ = Van.objects.update_or_create(plate=plate.strip(), defaults={"name": name.strip()})
    van.tools.set(tools_called(tools))
    restock(van, parts or {}, actor=actor, now=now)
    write_audit(actor, "set_van", f"van:{van.pk}", now=now)
    return van


def tools_called(codes: Sequence[str]) -> list[Tool]:
    """Answer the tools with these codes, made when new."""
    return [Tool.objects.get_or_create(code=code, defaults={"names": {"en": code}})[0] for code in dict.fromkeys(codes)]

