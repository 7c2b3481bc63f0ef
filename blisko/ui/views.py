"""The basemap (style and tiles, served by ourselves) and the style guide."""

import hashlib

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from blisko.ui import tiles
from blisko.ui.mapstyle import THEMES, map_style

TILE_AGE = 24 * 3600
STYLE_AGE = 300


def tile_pattern(request: HttpRequest) -> str:
    """Answer the absolute address pattern of the tiles: the operator's tile server, else our own file, else nothing."""
    if settings.BLISKO_MAP_URL:
        return str(settings.BLISKO_MAP_URL)
    if tiles.has_map():
        # Not reversed: MapLibre wants the braces as they are.
        return request.build_absolute_uri(request.path.rsplit("/style/", 1)[0]) + "/tiles/{z}/{x}/{y}.pbf"
    return ""


@require_GET
def style(request: HttpRequest, theme: str) -> HttpResponse:
    """Answer the MapLibre style `light` or `dark`."""
    if theme not in THEMES:
        raise Http404
    facts = tiles.facts(settings.BLISKO_MAP_FILE) if tiles.has_map() and not settings.BLISKO_MAP_URL else {}
    response = JsonResponse(map_style(theme, tile_pattern(request), facts))
    response["Cache-Control"] = f"public, max-age={STYLE_AGE}"
    return response


@require_GET
def tile(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """Answer one vector tile as it is stored: 204 where the city has nothing, 304 to whoever has it already."""
    if not settings.BLISKO_MAP_FILE or not tiles.has_map():
        raise Http404
    body = tiles.tile(settings.BLISKO_MAP_FILE, z, x, y)
    response = HttpResponse(status=204) if body is None else HttpResponse(body, content_type="application/vnd.mapbox-vector-tile")
    response["Cache-Control"] = f"public, max-age={TILE_AGE}"
    if body is not None:
        etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        if request.headers.get("If-None-Match") == etag:
            response = HttpResponse(status=304)
            response["Cache-Control"] = f"public, max-age={TILE_AGE}"
        elif body[:2] == b"\x1f\x8b":
            response["Content-Encoding"] = "gzip"
        response["ETag"] = etag
    return response


@require_GET
def guide(request: HttpRequest) -> HttpResponse:
    """Answer the living style guide; only for developers and staff."""
    if not (settings.DEBUG or getattr(request.user, "is_staff", False)):
        raise Http404
    return render(request, "ui/guide.html")
