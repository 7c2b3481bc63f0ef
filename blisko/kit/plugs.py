"""The outside stands behind a port; which adapter stands there is one settings line."""

from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.utils.module_loading import import_string


@cache
def plug(name: str) -> Any:
    """Answer the adapter plugged in at `name` (`BLISKO_PLUGS[name] = "package.module.Class"`), built once with its options."""
    try:
        path = settings.BLISKO_PLUGS[name]
    except KeyError:
        raise ImproperlyConfigured(f"Nothing is plugged in at {name!r}: add it to BLISKO_PLUGS.") from None
    return import_string(path)(**settings.BLISKO_PLUG_OPTIONS.get(name, {}))


def _forget(*, setting: str, **_: Any) -> None:
    if setting in ("BLISKO_PLUGS", "BLISKO_PLUG_OPTIONS"):
        plug.cache_clear()


setting_changed.connect(_forget)
