"""What every page knows about the house it stands in."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from blisko.kit import clock
from blisko.ui.mapstyle import THEMES
from blisko.ui.tiles import has_map

CHOSEN = ("light", "dark")


def house(request: HttpRequest) -> dict[str, object]:
    """Answer `brand`, `hotline`, `theme` (light, dark or empty), and `map_styles` (address per theme, empty without a basemap),
    `live_url` (the live process), `now` and `clock_speed` (the platform's clock)."""
    chosen = request.COOKIES.get("blisko_theme", "")
    styles = {theme: reverse("ui:style", args=[theme]) for theme in THEMES} if has_map() else {}
    return {
        "brand": settings.BLISKO_BRAND,
        "hotline": settings.BLISKO_HOTLINE,
        "theme": chosen if chosen in CHOSEN else "",
        "map_styles": styles,
        "live_url": settings.BLISKO_LIVE_URL,
        "now": clock.now(),
        "clock_speed": clock.speed(),
    }
