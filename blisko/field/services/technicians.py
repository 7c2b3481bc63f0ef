from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from blisko.access.rules import SYSTEM, Actor, require
from blisko.access.services import write_audit
from blisko.accounts.services import add_user
from blisko.field import queries
from blisko.field.errors import BadPhoto, CodeTaken, NoSuchDepot, NoSuchZone, VanTaken
from blisko.field.models import Depot, Skill, Team, Technician, TechnicianSkill, Van, Zone
from blisko.field.rules import new_levels
from blisko.field.services.homes import forget_home
from blisko.kit.phones import clean_phone
from blisko.kit.pictures import UnreadablePicture, clean_picture
from blisko.kit.push import push

PHOTO_SIDE = 320


@transaction.atomic
def add_technician(
    *,
    actor: Actor,
    now: datetime,
    code: str,
    name: str,
    email: str,
    phone: str = "",
    language: str = "en",
    skills: Sequence[str] = (),
    team: str = "",
    van: str = "",
    password: str | None = None,
    levels: Mapping[str, int] | None = None,
    zones: Sequence[str] = (),
    start_depot: str = "",
    end_depot: str = "",
) -> Technician:
    """Add a technician and the account he signs in with; skills, team and van are made when new.

    `levels`: skill to level (1 to 3) where it is more than 1. `zones`, `start_depot`, `end_depot`: codes of what is there.
    """
    require(actor, "field.edit")
    number = clean_phone(phone) if phone else ""
    user = add_user(actor=SYSTEM, now=now, email=email, name=name, roles=["technician"], password=password, language=language)
    try:
        with transaction.atomic():
            technician = Technician.objects.create(
                code=code.strip(),
                user=user,
                name=name.strip(),
                phone=number,
                team=Team.objects.get_or_create(code=team, defaults={"name": team})[0] if team else None,
                van=Van.objects.get_or_create(plate=van)[0] if van else None,
                start_depot=_depot(start_depot),
                end_depot=_depot(end_depot),
            )
    except IntegrityError:
        if Technician.objects.filter(code=code.strip()).exists():
            raise CodeTaken(details={"code": code}) from None
        raise VanTaken(details={"van": van}) from None
    _set_levels(technician, new_levels({}, skills, levels or {}))
    technician.zones.set(_zones(zones))
    write_audit(actor, "add_technician", f"technician:{technician.pk}", now=now)
    return technician


@transaction.atomic
def change_technician(
    technician_id: int,
    *,
    actor: Actor,
    now: datetime,
    name: str,
    phone: str = "",
    skills: Sequence[str] | None = None,
    active: bool = True,
    levels: Mapping[str, int] | None = None,
    zones: Sequence[str] | None = None,
    start_depot: str | None = None,
    end_depot: str | None = None,
) -> Technician:
    """Change what we know of a technician; what is None stays as it is, and an empty depot means none.

    A skill that stays keeps its level unless `levels` says another. Where somebody lived who works here no longer is forgotten.
    """
    require(actor, "field.edit")
    technician = queries.technician_for(actor, technician_id)
    technician.name, technician.active = name.strip(), active
    technician.phone = clean_phone(phone) if phone else ""
    if start_depot is not None:
        technician.start_depot = _depot(start_depot)
    if end_depot is not None:
        technician.end_depot = _depot(end_depot)
    technician.save(update_fields=["name", "phone", "active", "start_depot", "end_depot"])
    if skills is not None or levels is not None:
        _set_levels(technician, new_levels(queries.levels_of(technician_id), skills, levels or {}))
    if zones is not None:
        technician.zones.set(_zones(zones))
    if not active:
        forget_home(technician_id, actor=actor, now=now)
    write_audit(actor, "change_technician", f"technician:{technician_id}", now=now)
    push("day")
    return technician


@transaction.atomic
def set_photo(technician_id: int, content: bytes, *, actor: Actor, now: datetime) -> None:
    """Keep a square photo of 320 pixels, freed of whatever metadata the camera wrote; one's own, or anybody's for who edits the field."""
    technician = queries.technician_for(actor, technician_id)
    if actor.id != f"user:{technician.user_id}":
        require(actor, "field.edit")
    try:
        picture = clean_picture(content, side=PHOTO_SIDE, square=True)
    except UnreadablePicture:
        raise BadPhoto from None
    technician.photo.save(f"{technician.pk}-{int(now.timestamp())}.webp", ContentFile(picture.content))
    write_audit(actor, "set_photo", f"technician:{technician_id}", now=now)


def _set_levels(technician: Technician, levels: Mapping[str, int]) -> None:
    technician.levels.exclude(skill__code__in=levels).delete()
    for code, level in levels.items():
        skill, _ = Skill.objects.get_or_create(code=code, defaults={"names": {"en": code}})
        TechnicianSkill.objects.update_or_create(technician=technician, skill=skill, defaults={"level": level})


def _depot(code: str) -> Depot | None:
    depot = Depot.objects.filter(code=code).first() if code else None
    if code and depot is None:
        raise NoSuchDepot(details={"code": code})
    return depot


def _zones(codes: Sequence[str]) -> list[Zone]:
    zones = list(Zone.objects.filter(code__in=codes))
    if unknown := sorted(set(codes) - {zone.code for zone in zones}):
        raise NoSuchZone(details={"codes": unknown})
    return zones
