"""Photos from customers and technicians: kept without what the camera wrote, each once, never too many (O4, F11)."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from blisko.access.rules import SYSTEM
from blisko.access.services import run_retention
from blisko.accounts.tests.make import an_actor
from blisko.visits.errors import BadPicture, NoSuchPhoto, NoSuchVisit, TooManyPhotos
from blisko.visits.models import Photo
from blisko.visits.queries import photo_for, photos_of
from blisko.visits.services import add_photo
from blisko.visits.services.photos import MOST, SIDE
from blisko.visits.tests.make import a_link_to, a_visit

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def picture(shade: int = 0, *, size: tuple[int, int] = (64, 48), turned: int = 1) -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112], exif[0x010E] = turned, "where I live"
    Image.new("RGB", size, (shade, 80, 160)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_photo_is_kept_upright_small_and_without_what_the_camera_wrote() -> None:
    visit = a_visit(NOW)
    photo = add_photo(visit.pk, picture(size=(2400, 1800), turned=6), actor=a_link_to(visit, NOW), now=NOW, caption=" The socket ")
    kept = photo.file.open("rb").read()
    assert b"where I live" not in kept
    with Image.open(io.BytesIO(kept)) as found:
        assert (found.format, found.size, len(found.getexif())) == ("WEBP", (1200, SIDE), 0)
    assert (photo.width, photo.height, photo.caption, photo.by_customer) == (1200, SIDE, "The socket", True)
    assert "where" not in str(photo.file.name)


def test_same_photo_twice_is_one_and_no_picture_is_refused() -> None:
    visit = a_visit(NOW)
    one = add_photo(visit.pk, picture(), actor=SYSTEM, now=NOW)
    assert add_photo(visit.pk, picture(), actor=SYSTEM, now=NOW).pk == one.pk
    assert not one.by_customer
    for content in (b"", b"<script>", picture()[:200], b"GIF89a" + bytes(100)):
        with pytest.raises(BadPicture):
            add_photo(visit.pk, content, actor=SYSTEM, now=NOW)
    assert photos_of(visit.pk) == [one]


def test_customer_may_send_so_many_and_a_stranger_none() -> None:
    visit = a_visit(NOW)
    link = a_link_to(visit, NOW)
    for shade in range(MOST):
        add_photo(visit.pk, picture(20 * shade), actor=link, now=NOW)
    with pytest.raises(TooManyPhotos):
        add_photo(visit.pk, picture(250), actor=link, now=NOW)
    add_photo(visit.pk, picture(250), actor=SYSTEM, now=NOW)
    with pytest.raises(NoSuchVisit):
        add_photo(visit.pk, picture(), actor=an_actor("technician"), now=NOW)


def test_photo_is_shown_with_its_visit_alone() -> None:
    visit, other = a_visit(NOW), a_visit(NOW)
    photo = add_photo(visit.pk, picture(), actor=SYSTEM, now=NOW)
    assert photo_for(a_link_to(visit, NOW), visit.pk, photo.pk, now=NOW) == photo
    with pytest.raises(NoSuchPhoto):
        photo_for(a_link_to(other, NOW), other.pk, photo.pk, now=NOW)
    with pytest.raises(NoSuchVisit):
        photo_for(a_link_to(other, NOW), visit.pk, photo.pk, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_old_photos_go_with_their_files(tmp_path: Path) -> None:
    visit = a_visit(NOW)
    add_photo(visit.pk, picture(), actor=SYSTEM, now=NOW)
    kept = add_photo(visit.pk, picture(99), actor=SYSTEM, now=NOW + timedelta(days=2))
    assert run_retention(now=NOW + timedelta(days=366))["visits.photos"] == 1
    assert list(Photo.objects.all()) == [kept]
    assert [one.name for one in tmp_path.rglob("*.webp")] == [Path(str(kept.file.name)).name]
