"""The basemap (style and tiles, served by ourselves) and the style guide."""

import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from blisko.kit import clock
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
    return render(request, "ui/guide.html", {"start": (now := clock.now()), "now": now, **guide_scene(now)})


def guide_scene(now: datetime) -> dict[str, object]:
    """Answer a visit that never was: its steps, points and way, in the middle of the local map when there is one."""
    facts = tiles.facts(settings.BLISKO_MAP_FILE) if tiles.has_map() and not settings.BLISKO_MAP_URL else {}
    west, south, east, north = (float(part) for part in facts.get("bounds", "21.0,52.2,21.06,52.24").split(","))
    lon, lat = (west + east) / 2, (south + north) / 2
    route = [
        [lon - 0.012, lat - 0.006],
        [lon - 0.008, lat - 0.002],
        [lon - 0.002, lat - 0.003],
        [lon + 0.004, lat + 0.002],
        [lon + 0.009, lat + 0.004],
    ]
    technician = {"id": "jan", "kind": "technician", "lon": route[0][0], "lat": route[0][1], "label": "Jan", "text": "JN", "heading": 60}
    home = {"id": "home", "kind": "home", "lon": route[-1][0], "lat": route[-1][1], "label": gettext("Your home")}
    steps = [
        {"title": gettext("Booked"), "state": "done", "at": now - timedelta(hours=20)},
        {"title": gettext("On the way"), "state": "now", "at": now - timedelta(minutes=9)},
        {"title": gettext("On site"), "state": "next"},
        {"title": gettext("Done"), "state": "next"},
    ]
    return {
        "points": [technician, home],
        "route": route,
        "steps": steps,
        "at": now - timedelta(seconds=20),
        "end": now + timedelta(minutes=15),
    }
