import io
from collections.abc import Sequence
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from blisko.access.rules import SYSTEM, Actor, require
from blisko.access.services import write_audit
from blisko.accounts.services import add_user
from blisko.field import queries
from blisko.field.errors import BadPhoto, CodeTaken, VanTaken
from blisko.field.models import Skill, Team, Technician, Van
from blisko.kit.phones import clean_phone
from blisko.kit.push import push

PHOTO_SIDE = 320
PHOTO_LIMIT = 8 * 1024 * 1024
PHOTO_PIXELS = 60_000_000  # beyond any telephone's camera; a small file may unfold to gigabytes


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
) -> Technician:
    """Add a technician and the account he signs in with; skills, team and van are made when new."""
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
            )
    except IntegrityError:
        if Technician.objects.filter(code=code.strip()).exists():
            raise CodeTaken(details={"code": code}) from None
        raise VanTaken(details={"van": van}) from None
    _set_skills(technician, skills)
    write_audit(actor, "add_technician", f"technician:{technician.pk}", now=now)
    return technician


@transaction.atomic
def change_technician(
    technician_id: int, *, actor: Actor, now: datetime, name: str, phone: str = "", skills: Sequence[str] | None = None, active: bool = True
) -> Technician:
    """Change what we know of a technician; `skills=None` leaves them as they are."""
    require(actor, "field.edit")
    technician = queries.technician_for(actor, technician_id)
    technician.name, technician.active = name.strip(), active
    technician.phone = clean_phone(phone) if phone else ""
    technician.save(update_fields=["name", "phone", "active"])
    if skills is not None:
        _set_skills(technician, skills)
    write_audit(actor, "change_technician", f"technician:{technician_id}", now=now)
    push("day")
    return technician


@transaction.atomic
def set_photo(technician_id: int, content: bytes, *, actor: Actor, now: datetime) -> None:
    """Keep a square photo of 320 pixels, freed of whatever metadata the camera wrote; one's own, or anybody's for who edits the field."""
    technician = queries.technician_for(actor, technician_id)
    if actor.id != f"user:{technician.user_id}":
        require(actor, "field.edit")
    if len(content) > PHOTO_LIMIT:
        raise BadPhoto
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP"]) as picture:
            if picture.width * picture.height > PHOTO_PIXELS:
                raise BadPhoto
            picture.draft("RGB", (4 * PHOTO_SIDE, 4 * PHOTO_SIDE))
            square = ImageOps.fit(ImageOps.exif_transpose(picture).convert("RGB"), (PHOTO_SIDE, PHOTO_SIDE))
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError, ValueError):
        raise BadPhoto from None
    out = io.BytesIO()
    square.save(out, "WEBP", quality=82)
    technician.photo.save(f"{technician.pk}-{int(now.timestamp())}.webp", ContentFile(out.getvalue()))
    write_audit(actor, "set_photo", f"technician:{technician_id}", now=now)


def _set_skills(technician: Technician, codes: Sequence[str]) -> None:
    technician.skills.set([Skill.objects.get_or_create(code=code, defaults={"names": {"en": code}})[0] for code in codes])
