"""What a page may load, decided from values alone."""

from collections.abc import Iterable
from urllib.parse import urlsplit

SELF = "'self'"
NONE = "'none'"


def origin(url: str) -> str:
    """Answer scheme and host of `url`, or nothing for an empty or relative one."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else ""


def content_security_policy(urls: Iterable[str] = (), *, forms_to: Iterable[str] = ()) -> dict[str, list[str]]:
    """Answer django-csp's directives: no inline script or style, and connections only to ourselves and the origins of `urls`.

    `forms_to`: addresses a form of ours may end at, such as the single sign-on (Chromium minds where a form is sent on to).

    MapLibre needs no more than this: its worker is a file of ours (no `blob:`), its controls are pictures in `data:`
    addresses, and it styles elements through the object model, which no policy forbids.
    """
    origins, others = (sorted({found for url in given if (found := origin(url))}) for given in (urls, forms_to))
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
        "form-action": [SELF, *others],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
