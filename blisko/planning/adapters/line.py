import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import msgspec

from blisko.planning.rules.ways import RoadsSeen, Trouble

log = logging.getLogger(__name__)
NOT_NOW = frozenset({408, 425, 429, 500, 502, 503, 504})
PAUSE = 0.15  # seconds before another try


class Away(Exception):
    """The road engine gives no answer."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class NoWay(Exception):
    """The road engine answers that there is no way."""


class Line:
    """A line to a road server: asked again when it stumbles, left alone for a while when it is away, so that no plan waits for it.

    `timeout`: seconds for one answer. `tries`: in all. `rest`: seconds in which a server that was away is not asked again.
    """

    def __init__(self, url: str, *, timeout: float, tries: int, rest: float, headers: dict[str, str] | None = None) -> None:
        self.url = url.rstrip("/")
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout, connect=min(timeout, 3.0)), headers=headers, follow_redirects=False, trust_env=False
        )
        self._tries, self._rest = max(1, tries), rest
        self._away_until, self._away = 0.0, False
        self._lock = threading.Lock()

    def ask(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any] | list[Any]]:
        """Answer the status and the JSON of a GET, or of a POST when there is a body. Raises `Away`."""
        if time.monotonic() < self._away_until:
            raise Away(Trouble.AWAY)
        said = "no answer"
        for attempt in range(self._tries):
            if attempt:
                time.sleep(PAUSE * attempt)
            try:
                response = self._client.post(self.url + path, json=body) if body is not None else self._client.get(self.url + path)
                if response.status_code in NOT_NOW:
                    said = f"HTTP {response.status_code}"
                    continue
                answer = msgspec.json.decode(response.content)
            except httpx.ConnectError:
                said = "no connection"
            except httpx.HTTPError as fault:
                said = f"no answer ({type(fault).__name__})"
            except msgspec.DecodeError:
                said = "an answer that is no JSON"
            else:
                self._heard()
                return response.status_code, answer
        self._given_up(said)
        raise Away(Trouble.AWAY)

    def _given_up(self, said: str) -> None:
        with self._lock:
            first, self._away = not self._away, True
            self._away_until = time.monotonic() + self._rest
        if first:
            log.warning("the road server %s does not answer (%s): ways are estimated until it does", self.url, said)

    def _heard(self) -> None:
        with self._lock:
            back, self._away, self._away_until = self._away, False, 0.0
        if back:
            log.info("the road server %s answers again", self.url)


class Look:
    """What a server said of itself, asked again `every` so many seconds; while it is away, the last that was heard, and that it is away."""

    def __init__(self, ask: Callable[[], RoadsSeen], unheard: RoadsSeen, *, every: float) -> None:
        self._ask, self._last, self._every, self._until = ask, unheard, every, 0.0

    def seen(self) -> RoadsSeen:
        if time.monotonic() < self._until:
            return self._last
        try:
            self._last = self._ask()
        except Away as why:
            return replace(self._last, trouble=why.trouble)
        except NoWay:
            return self._last
        self._until = time.monotonic() + self._every
        return self._last
