"""What every page knows about the house it stands in."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from blisko.ui.mapstyle import THEMES
from blisko.ui.tiles import has_map

CHOSEN = ("light", "dark")


def house(request: HttpRequest) -> dict[str, object]:
    """Answer `brand`, `hotline`, `theme` (light, dark or empty), and `map_styles` (address per theme, empty without a basemap)."""
    chosen = request.COOKIES.get("blisko_theme", "")
    styles = {theme: reverse("ui:style", args=[theme]) for theme in THEMES} if has_map() else {}
    return {
        "brand": settings.BLISKO_BRAND,
        "hotline": settings.BLISKO_HOTLINE,
        "theme": chosen if chosen in CHOSEN else "",
        "map_styles": styles,
    }
