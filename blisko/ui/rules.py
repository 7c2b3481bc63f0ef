"""What a page may load, decided from values alone."""

from collections.abc import Iterable
from urllib.parse import urlsplit

SELF = "'self'"
NONE = "'none'"


def origin(url: str) -> str:
    """Answer scheme and host of `url`, or nothing for an empty or relative one."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else ""


def content_security_policy(urls: Iterable[str] = ()) -> dict[str, list[str]]:
    """Answer django-csp's directives: no inline script or style, and connections only to ourselves and the origins of `urls`.

    MapLibre needs no more than this: its worker is a file of ours (no `blob:`), its controls are pictures in `data:`
    addresses, and it styles elements through the object model, which no policy forbids.
    """
    origins = sorted({found for url in urls if (found := origin(url))})
    return {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF, *origins],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "media-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
