"""What the live process remembers stays the newest it was told (F13)."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from psycopg import AsyncConnection

from blisko.live.queries.memory import Memory
from blisko.live.rules.records import Fix

NOW = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
SHIFT = (NOW - timedelta(hours=1), NOW + timedelta(hours=7))


class Answers:
    """A connection whose answers are given beforehand; the second comes only once the gate is open."""

    def __init__(self, gate: asyncio.Event, *answers: list[tuple[Any, ...]]) -> None:
        self.gate, self.answers = gate, list(answers)

    async def execute(self, words: str, params: object) -> "Answers":
        if len(self.answers) == 1:
            await self.gate.wait()
        return self

    async def fetchall(self) -> list[tuple[Any, ...]]:
        return self.answers.pop(0)


def test_place_that_was_taken_back_is_forgotten_and_an_earlier_one_is_not() -> None:
    memory = Memory()
    memory.note(7, Fix(52.0, 21.0, NOW))
    memory.forget(7, NOW)
    memory.forget(8, NOW)
    assert memory.last[7].fix_time == NOW
    memory.forget(7, NOW - timedelta(seconds=1))
    assert memory.last == {}


def test_shifts_read_earlier_never_take_the_place_of_newer_ones() -> None:
    async def story() -> Memory:
        memory, slow, fast = Memory(), asyncio.Event(), asyncio.Event()
        fast.set()
        before = cast(AsyncConnection[Any], Answers(slow, [], []))
        after = cast(AsyncConnection[Any], Answers(fast, [(7, *SHIFT)], []))
        first = asyncio.create_task(memory.load_shifts(before, NOW))
        await asyncio.sleep(0)
        second = asyncio.create_task(memory.load_shifts(after, NOW))
        await asyncio.sleep(0)
        slow.set()
        await asyncio.gather(first, second)
        return memory

    assert asyncio.run(story()).shifts == {7: [SHIFT]}
