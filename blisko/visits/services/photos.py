import secrets
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction

from blisko.access.rules import Actor, ActorKind
from blisko.access.services import keep_days
from blisko.kit.events import emit
from blisko.kit.files import forget_files
from blisko.kit.pictures import UnreadablePicture, clean_picture
from blisko.visits import queries
from blisko.visits.errors import BadPicture, TooManyPhotos
from blisko.visits.events import PhotoAdded
from blisko.visits.models import Photo
from blisko.visits.services.booking import tell_watchers

SIDE = 1600  # pixels, as much as a report or a look at a socket needs
MOST = 12  # of one visit by its customer, and by everybody else


@transaction.atomic
def add_photo(visit_id: int, content: bytes, *, actor: Actor, now: datetime, caption: str = "") -> Photo:
    """Keep a photo of the fault, the place or the work, without what the camera wrote into it; the same one twice is one.

    Whoever sees the visit may. Refuses `BadPicture` (too big, or no picture) and `TooManyPhotos`.
    """
    visit = queries.visit_for(actor, visit_id, now=now, lock=True)
    by_customer = actor.kind == ActorKind.LINK
    try:
        picture = clean_picture(content, side=SIDE)
    except UnreadablePicture:
        raise BadPicture from None
    known = Photo.objects.filter(visit=visit, sha256=picture.sha256).first()
    if known is not None:
        return known
    if Photo.objects.filter(visit=visit, by_customer=by_customer).count() >= MOST:
        raise TooManyPhotos
    photo = Photo(
        visit=visit,
        caption=caption.strip()[:200],
        by=actor.id,
        by_name=actor.name[:120],
        by_customer=by_customer,
        at=now,
        sha256=picture.sha256,
        width=picture.width,
        height=picture.height,
    )
    photo.file.save(f"{secrets.token_hex(16)}.webp", ContentFile(picture.content), save=False)
    photo.save()
    emit(PhotoAdded(visit_id=visit_id, photo_id=photo.pk, at=now))
    tell_watchers(visit_id)
    return photo


@keep_days("visits.photos", 365, "Photos of visits")
def forget_photos(before: datetime) -> int:
    """Delete photos with their files."""
    old = list(Photo.objects.filter(at__lt=before))
    forget_files(one.file for one in old)
    Photo.objects.filter(pk__in=[one.pk for one in old]).delete()
    return len(old)
