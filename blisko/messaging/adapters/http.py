import json
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from urllib.parse import quote, quote_plus

import httpx

from blisko.messaging.ports import Accepted, Busy, Outcome, OutgoingSms, Refused, Unclear

_PLACEHOLDER = re.compile(r"\{(phone|digits|message|reference|secret)\}")
# These say "not now"; after any other server error nobody knows what the gateway had already done.
_NOT_NOW = {425, 429, 503}


def _plain(value: str) -> str:
    return value


def _form(value: str) -> str:
    return quote_plus(value)


def _json(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]


def _header(value: str) -> str:
    return value.encode("ascii", "ignore").decode().replace("\r", "").replace("\n", "")


_FORMATS: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "json": ("application/json", _json),
    "form": ("application/x-www-form-urlencoded", _form),
    "text": ("text/plain; charset=utf-8", _plain),
}


class HttpSms:
    """Any SMS gateway that takes HTTP, described by templates with {phone}, {digits}, {message}, {reference} and {secret}.

    `digits` is the number without its plus. `body_format` ("json", "form" or "text") says how values are escaped in `body` and which
    content type it has; in `url` they are always percent-encoded. A 2xx answer counts as accepted, unless `success` (a regular
    expression) is given and not found in it. `reference_in`: a regular expression whose first group is the gateway's own name for
    the message. `repeatable`: the gateway makes one SMS of one {reference} however often it gets it; say so only where it is true.
    """

    def __init__(
        self,
        url: str,
        body: str = "",
        *,
        method: str = "POST",
        body_format: str = "json",
        headers: Mapping[str, str] | None = None,
        secret: str = "",
        success: str = "",
        reference_in: str = "",
        timeout: float = 15.0,
        repeatable: bool = False,
    ) -> None:
        self.repeatable = repeatable
        self._url, self._body, self._method, self._secret = url, body, method.upper(), secret
        content_type, self._escape = _FORMATS[body_format]
        self._headers = {**({"Content-Type": content_type} if body else {}), **(headers or {})}
        self._success = re.compile(success) if success else None
        self._reference_in = re.compile(reference_in) if reference_in else None
        self._client = httpx.Client(timeout=httpx.Timeout(timeout, connect=min(timeout, 5.0)), follow_redirects=False)

    def send(self, sms: OutgoingSms) -> Outcome:
        request = self._client.build_request(
            self._method,
            self._filled(self._url, sms, lambda value: quote(value, safe="")),
            headers={name: self._filled(value, sms, _header) for name, value in self._headers.items()},
            content=self._filled(self._body, sms, self._escape).encode() or None,
        )
        try:
            response = self._client.send(request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as fault:
            return Busy(f"no connection ({type(fault).__name__})")
        except httpx.HTTPError as fault:
            return Unclear(f"no answer ({type(fault).__name__})")
        return self._outcome(response)

    def _outcome(self, response: httpx.Response) -> Outcome:
        status, words = response.status_code, response.text[:4000]
        if response.is_success:
            if self._success and not self._success.search(words):
                return Refused(f"HTTP {status} without the words of success")
            found = self._reference_in.search(words) if self._reference_in else None
            return Accepted(found.group(1) if found else "")
        if status in _NOT_NOW:
            return Busy(f"HTTP {status}", _retry_after(response))
        return Unclear(f"HTTP {status}") if response.is_server_error or status == 408 else Refused(f"HTTP {status}")

    def _filled(self, words: str, sms: OutgoingSms, escape: Callable[[str], str]) -> str:
        values = {
            "phone": sms.phone,
            "digits": sms.phone.lstrip("+"),
            "message": sms.message,
            "reference": sms.reference,
            "secret": self._secret,
        }
        return _PLACEHOLDER.sub(lambda found: escape(values[found.group(1)]), words)


def _retry_after(response: httpx.Response) -> timedelta | None:
    asked = response.headers.get("Retry-After", "")
    return timedelta(seconds=int(asked)) if asked.isdecimal() and len(asked) < 7 else None
