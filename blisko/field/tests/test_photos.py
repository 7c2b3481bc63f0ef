"""What a technician's photo may be."""

import io

import pytest
from PIL import Image

from blisko.access.rules import SYSTEM
from blisko.field.errors import BadPhoto
from blisko.field.services import set_photo
from blisko.field.tests.make import a_technician
from blisko.kit import clock

pytestmark = pytest.mark.django_db


def picture(width: int, height: int, kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("L", (width, height)).save(out, kind)
    return out.getvalue()


def test_small_file_that_unfolds_to_gigabytes_is_no_photo() -> None:
    with pytest.raises(BadPhoto):
        set_photo(a_technician(clock.now()).pk, picture(9_000, 9_000, "PNG"), actor=SYSTEM, now=clock.now())


@pytest.mark.parametrize(
    "content", [b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"<html>", b"", picture(8, 8, "GIF"), b"\x89PNG\r\n"]
)
def test_page_or_drawing_is_no_photo(content: bytes) -> None:
    with pytest.raises(BadPhoto):
        set_photo(a_technician(clock.now()).pk, content, actor=SYSTEM, now=clock.now())


def test_photo_of_a_large_camera_is_kept_small() -> None:
    one = a_technician(clock.now())
    set_photo(one.pk, picture(8_000, 6_000, "JPEG"), actor=SYSTEM, now=clock.now())
    one.refresh_from_db()
    with Image.open(one.photo) as kept:
        assert (kept.size, kept.format) == ((320, 320), "WEBP")
