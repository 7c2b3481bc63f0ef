"""What a technician's photo may be."""

import io

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from blisko.access.errors import Forbidden
from blisko.access.rules import SYSTEM
from blisko.accounts.tests.make import an_actor
from blisko.field.errors import BadPhoto, NoSuchTechnician
from blisko.field.services import set_photo
from blisko.field.tests.make import a_technician, actor_of
from blisko.kit import clock
from blisko.kit.pictures import LIMIT

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


def with_secrets(kind: str) -> bytes:
    """A picture that says where and by whom it was taken, in every place a camera writes it."""
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "SECRET Jan"
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (52.0, 13.0, 47.0), 3: "E", 4: (21.0, 0.0, 44.0), 29: "SECRET:11:22"})
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Location", "SECRET home")
    more = {"pnginfo": notes} if kind == "PNG" else {"xmp": b"<x:xmpmeta>SECRET</x:xmpmeta>"}
    if kind == "JPEG":
        more["comment"] = b"SECRET"
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "red").save(out, kind, exif=exif, icc_profile=b"SECRET profile", **more)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_photo_says_nothing_of_where_and_by_whom_it_was_taken(kind: str) -> None:
    one = a_technician(clock.now())
    given = with_secrets(kind)
    assert b"SECRET" in given
    set_photo(one.pk, given, actor=actor_of(one), now=clock.now())
    one.refresh_from_db()
    kept = one.photo.read()
    assert b"SECRET" not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert not picture.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        assert dict(picture.getexif()) == {}
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(picture.info)


def test_photo_over_the_limit_is_refused_before_it_is_opened() -> None:
    one = a_technician(clock.now())
    with pytest.raises(BadPhoto):
        set_photo(one.pk, picture(8, 8, "JPEG") + bytes(LIMIT), actor=SYSTEM, now=clock.now())
    one.refresh_from_db()
    assert not one.photo


def test_photo_is_one_s_own_or_set_by_who_edits_the_field() -> None:
    one, colleague = a_technician(clock.now()), a_technician(clock.now())
    for actor in (actor_of(one), an_actor("manager")):
        set_photo(one.pk, picture(8, 8, "PNG"), actor=actor, now=clock.now())
    with pytest.raises(Forbidden):
        set_photo(one.pk, picture(8, 8, "PNG"), actor=an_actor("dispatcher"), now=clock.now())
    with pytest.raises(NoSuchTechnician):
        set_photo(one.pk, picture(8, 8, "PNG"), actor=actor_of(colleague), now=clock.now())
