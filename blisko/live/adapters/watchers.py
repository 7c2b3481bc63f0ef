"""Open pages and what each still has to be told: the newest of each kind, never a queue."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from blisko.kit.tickets import Ticket
from blisko.live.rules.looks import Look

Send = Callable[[dict[str, Any]], Awaitable[None]]
HEARTBEAT_SECONDS = 15
HEARTBEAT = b": beat\n\n"
RENEW = b"event: renew\ndata: {}\n\n"


class Watcher:
    """One open stream. `send` is its ASGI door; a page that reads slowly finds the newest when it reads again."""

    __slots__ = ("_pending", "_pumping", "_send", "_shown", "_task", "ended", "fixes", "nr", "renewed", "topics", "until", "who")

    def __init__(self, ticket: Ticket, send: Send, nr: int, task: asyncio.Task[Any]) -> None:
        self.topics, self.until, self.fixes = ticket.topics, ticket.until, ticket.fixes
        self.nr, self.ended, self.renewed, self.who = nr, False, False, ticket.who
        self._shown: dict[int, tuple[datetime, datetime]] | None = None
        self._send, self._task = send, task
        self._pending: dict[str, bytes] | None = None
        self._pumping = False

    def offer(self, kind: str, event: bytes) -> None:
        """Tell the page; what waits under the same kind is replaced."""
        if self._pending is None:
            self._pending = {kind: event}
        else:
            self._pending[kind] = event
        if not self._pumping:
            self._pumping = True
            asyncio.get_running_loop().create_task(self._pump())

    def show(self, technician: int, kind: str, event: bytes, now: datetime) -> None:
        """Tell the page where a technician is, and remember that it was told."""
        self.offer(kind, event)
        if self._shown is None:
            self._shown = {}
        first, _ = self._shown.get(technician, (now, now))
        self._shown[technician] = (first, now)

    def take_looks(self) -> list[Look]:
        """Answer whom this page was shown since it was asked last; a page whose ticket names nobody tells nothing."""
        shown, self._shown = self._shown or {}, None
        return [Look(technician, *self.who, *span) for technician, span in shown.items()] if self.who[0] else []

    async def _pump(self) -> None:
        try:
            while self._pending is not None and not self.ended:
                events, self._pending = self._pending, None
                body = b"".join(events.values()) if len(events) > 1 else next(iter(events.values()))
                await self._send({"type": "http.response.body", "body": body, "more_body": True})
        except OSError:
            self.end()
        finally:
            self._pumping = False

    def end(self) -> None:
        """Wake the stream's own task so that it finishes."""
        if not self.ended:
            self.ended = True
            self._task.cancel()


class Watchers:
    """Every open stream of this process, by topic."""

    def __init__(self) -> None:
        self._by_topic: dict[str, dict[int, Watcher]] = {}
        self._all: dict[int, Watcher] = {}
        self._gone: list[Look] = []
        self.left = asyncio.Event()
        self._next = 0
        self._beat = 0

    def __len__(self) -> int:
        return len(self._all)

    def add(self, ticket: Ticket, send: Send, task: asyncio.Task[Any]) -> Watcher:
        """Let one more page listen."""
        self._next += 1
        watcher = Watcher(ticket, send, self._next, task)
        self._all[watcher.nr] = watcher
        for topic in watcher.topics:
            self._by_topic.setdefault(topic, {})[watcher.nr] = watcher
        return watcher

    def drop(self, watcher: Watcher) -> None:
        """Forget a page that has gone."""
        self._all.pop(watcher.nr, None)
        if looks := watcher.take_looks():
            self._gone += looks
            self.left.set()
        for topic in watcher.topics:
            listening = self._by_topic.get(topic, {})
            listening.pop(watcher.nr, None)
            if not listening:
                self._by_topic.pop(topic, None)

    def listens(self, topic: str) -> bool:
        """Whether any page listens to a topic."""
        return topic in self._by_topic

    def tell(self, topic: str, kind: str, event: bytes) -> None:
        """Offer an event to every page that listens."""
        for watcher in self._by_topic.get(topic, {}).values():
            watcher.offer(kind, event)

    def show(self, topic: str, kind: str, event: bytes, technician: int, now: datetime) -> None:
        """Offer where a technician is to every page that listens and whose ticket allows it."""
        for watcher in self._by_topic.get(topic, {}).values():
            if watcher.fixes:
                watcher.show(technician, kind, event, now)

    def take_looks(self) -> list[Look]:
        """Answer who was shown whom since this was asked last, pages that have gone included."""
        looks, self._gone = self._gone, []
        self.left.clear()
        return looks + [look for watcher in self._all.values() for look in watcher.take_looks()]

    def give_back(self, looks: list[Look]) -> None:
        """Take back looks that could not be written down, to be written as soon as that can be."""
        self._gone += looks
        self.left.set()

    def tick(self, now: datetime, renew_before: timedelta) -> None:
        """Once a second: beat for one page in fifteen, and tell whose ticket is about to end; ended ones go."""
        self._beat = (self._beat + 1) % HEARTBEAT_SECONDS
        renew_from = now + renew_before
        for watcher in self._all.values():
            if watcher.nr % HEARTBEAT_SECONDS == self._beat:
                watcher.offer("beat", HEARTBEAT)
            if watcher.until <= renew_from:
                if watcher.until <= now:
                    watcher.end()
                elif not watcher.renewed:
                    watcher.renewed = True
                    watcher.offer("renew", RENEW)

    def end_all(self) -> None:
        """Say goodbye to every page; each comes back by itself."""
        for watcher in list(self._all.values()):
            watcher.end()
