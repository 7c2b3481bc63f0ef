"""Pictures from telephones with a poor network: piece by piece, begun again where they broke off."""

import hashlib
from datetime import datetime

from django.db import transaction

from blisko.access.rules import Actor
from blisko.access.services import keep_days
from blisko.field.queries import own_technician
from blisko.live.errors import BrokenUpload, ManyUploads
from blisko.live.models import Operation, Upload
from blisko.live.rules.operations import LONGEST_PICTURE, PICTURES, OperationState

MOST_OPEN = 200  # pictures on their way from one technician


@transaction.atomic
def take_piece(sha256: str, piece: bytes, *, offset: int, length: int, actor: Actor, now: datetime) -> int:
    """Keep a piece of a picture that begins at `offset` (bytes); answer how many bytes of it there are now.

    A piece that does not begin where we are changes nothing: the answer says where to go on, from the beginning for what turned out not
    to be what it was announced as. Refuses `BrokenUpload` for what is too big, `ManyUploads` for too many at once.
    """
    me = own_technician(actor)
    if not 0 < length <= LONGEST_PICTURE or len(sha256) != 64:
        raise BrokenUpload(details={"most": LONGEST_PICTURE})
    found = {"technician": me, "sha256": sha256.lower()}
    if not Upload.objects.filter(**found).exists() and Upload.objects.filter(technician=me).count() >= MOST_OPEN:
        raise ManyUploads(details={"most": MOST_OPEN})
    Upload.objects.get_or_create(**found, defaults={"length": length, "begun_at": now})
    upload = Upload.objects.select_for_update().get(**found)
    have = len(upload.content)
    if offset != have or not piece or have == upload.length:
        return have
    upload.content = bytes(upload.content) + piece
    if len(upload.content) >= upload.length and hashlib.sha256(upload.content).hexdigest() != upload.sha256:
        upload.content = b""
    upload.save(update_fields=["content"])
    return len(upload.content)


def forget_upload(technician_id: int, sha256: str) -> None:
    """Delete a picture that was on its way."""
    Upload.objects.filter(technician_id=technician_id, sha256=sha256).delete()


@keep_days("live.uploads", 7, "Pictures on their way from technicians' phones")
def purge_uploads(before: datetime) -> int:
    """Delete what was begun long ago and never used, but for what a dispatcher has yet to look at; answer how many."""
    waiting = Operation.objects.filter(kind__in=PICTURES, state__in=(OperationState.ASIDE, OperationState.WAITING))
    kept = set(waiting.values_list("data__sha256", flat=True))
    return Upload.objects.filter(begun_at__lt=before).exclude(sha256__in=kept).delete()[0]
