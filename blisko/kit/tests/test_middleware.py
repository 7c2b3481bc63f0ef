"""What goes over the wire: words compressed, files as they are, built files kept for ever."""

import gzip
import io
import re

import pytest
from django.conf import settings
from django.http import FileResponse, HttpResponse, JsonResponse
from django.test import RequestFactory

from blisko.kit.middleware import CompressedWords

LONG = "Zażółć gęślą jaźń. " * 100


def answered(response: HttpResponse, accepts: str = "gzip, br") -> HttpResponse:
    return CompressedWords(lambda _: response)(RequestFactory().get("/", headers={"accept-encoding": accepts}))


@pytest.mark.parametrize("response", [HttpResponse(LONG), JsonResponse({"words": LONG}), HttpResponse(LONG, content_type="text/calendar")])
def test_words_are_compressed_for_whoever_reads_them_so(response: HttpResponse) -> None:
    was = response.content
    found = answered(response)
    assert found["Content-Encoding"] == "gzip"
    assert len(found.content) < len(was) / 2
    assert gzip.decompress(found.content) == was


def test_few_words_and_old_readers_get_them_plain() -> None:
    for found in (answered(HttpResponse("Yes")), answered(HttpResponse(LONG), accepts="")):
        assert "Content-Encoding" not in found


def test_pictures_and_files_go_as_they_are() -> None:
    for found in (
        answered(HttpResponse(LONG, content_type="image/webp")),
        answered(FileResponse(io.BytesIO(LONG.encode()), content_type="application/pdf")),
        answered(FileResponse(io.BytesIO(LONG.encode()), content_type="text/csv")),
    ):
        assert "Content-Encoding" not in found


@pytest.mark.parametrize(
    ("address", "ever"),
    [
        ("/static/assets/basemap-Dm-sY73Q.js", True),
        ("/static/assets/figtree-latin-wght-normal-D_ZTVpCC.woff2", True),
        ("/static/manifest.json", False),
        ("/static/ui/icon.svg", False),
        ("/static/other/assets/calendar-AbCdEfGh.js", False),
    ],
)
def test_only_built_files_are_kept_for_ever(address: str, ever: bool) -> None:
    assert bool(re.search(settings.WHITENOISE_IMMUTABLE_FILE_TEST, address)) is ever
