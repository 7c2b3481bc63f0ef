"""A growing table of ways between places, which tells what of a wanted table is known and what must still be asked."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from blisko.planning.rules.ways import Mask, Travel

Place = tuple[int, int]
Rows = npt.NDArray[np.intp]
_UNKNOWN, _ROAD, _ESTIMATE = 0, 1, 2
FIRST = 64


class Grid:
    """Ways between up to `limit` places; when more come, it begins anew rather than grow without end."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._places: dict[Place, int] = {}
        self._seconds: npt.NDArray[np.int32] = np.zeros((FIRST, FIRST), np.int32)
        self._metres: npt.NDArray[np.int32] = np.zeros((FIRST, FIRST), np.int32)
        self._state: npt.NDArray[np.int8] = np.zeros((FIRST, FIRST), np.int8)

    def __len__(self) -> int:
        return len(self._places)

    def take(self, starts: Sequence[Place], ends: Sequence[Place]) -> tuple[Travel, Mask]:
        """Answer the table as far as it is known, and which of it is; what is not stands as 0."""
        self._welcome([*starts, *ends])
        picked = np.ix_(self._rows(starts), self._rows(ends))
        state = self._state[picked]
        seconds, metres = self._seconds[picked].astype(np.int64), self._metres[picked].astype(np.int64)
        return Travel(seconds, metres, state == _ESTIMATE), state != _UNKNOWN

    def put(self, starts: Sequence[Place], ends: Sequence[Place], travel: Travel, keep: Mask) -> None:
        """Keep what `keep` marks of a table."""
        self._welcome([*starts, *ends])
        picked = np.ix_(self._rows(starts), self._rows(ends))
        self._seconds[picked] = np.where(keep, travel.seconds, self._seconds[picked])
        self._metres[picked] = np.where(keep, travel.metres, self._metres[picked])
        self._state[picked] = np.where(keep, np.where(travel.estimated, _ESTIMATE, _ROAD), self._state[picked])

    def put_pairs(self, starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64], travel: Travel, places: Sequence[Place]) -> None:
        """Keep single ways: columns of place numbers, as `number_of` gives them, and a flat `travel`; `places`: all that occur."""
        self._welcome(places)
        numbers = np.array([number_of(place) for place in places], np.int64)
        order = np.argsort(numbers)
        rows = self._rows(places)[order]
        from_rows, to_rows = rows[np.searchsorted(numbers[order], starts)], rows[np.searchsorted(numbers[order], ends)]
        self._seconds[from_rows, to_rows], self._metres[from_rows, to_rows] = travel.seconds, travel.metres
        self._state[from_rows, to_rows] = np.where(travel.estimated, _ESTIMATE, _ROAD)

    def _welcome(self, places: Sequence[Place]) -> None:
        new = [place for place in dict.fromkeys(places) if place not in self._places]
        if not new:
            return
        if len(self._places) + len(new) > self.limit:
            self._places = {}
            new = list(dict.fromkeys(places))
            self._resize(max(FIRST, len(new)), keep=False)
        first = len(self._places)
        self._places |= {place: first + row for row, place in enumerate(new)}
        if len(self._places) > self._state.shape[0]:
            self._resize(max(len(self._places), 2 * self._state.shape[0]), keep=True)
        fresh = np.arange(first, len(self._places))
        self._seconds[fresh, fresh] = self._metres[fresh, fresh] = 0
        self._state[fresh, fresh] = _ROAD

    def _resize(self, side: int, *, keep: bool) -> None:
        seconds, metres, state = np.zeros((side, side), np.int32), np.zeros((side, side), np.int32), np.zeros((side, side), np.int8)
        if keep:
            old = self._state.shape[0]
            seconds[:old, :old], metres[:old, :old], state[:old, :old] = self._seconds, self._metres, self._state
        self._seconds, self._metres, self._state = seconds, metres, state

    def _rows(self, places: Sequence[Place]) -> Rows:
        return np.array([self._places[place] for place in places], np.intp)


def missing_blocks(known: Mask) -> list[tuple[Rows, Rows]]:
    """Answer which blocks (rows, columns) must be asked so that all is known: new rows whole, then of the other rows what they lack.

    A new place in a known table is one row and one column, and no more is asked.
    """
    unknown = ~known
    rows = np.flatnonzero(unknown.any(axis=1))
    if not rows.size:
        return []
    new = rows[2 * unknown[rows].sum(axis=1) > known.shape[1]]
    rest = np.setdiff1d(rows, new)
    found = [(new, np.flatnonzero(unknown[new].any(axis=0)))] if new.size else []
    return [*found, (rest, np.flatnonzero(unknown[rest].any(axis=0)))] if rest.size else found


def number_of(place: Place) -> int:
    """Answer one whole number for a place in 1/10,000 of a degree, under which it is written down."""
    return (place[0] + 900_000) * 4_000_000 + (place[1] + 1_800_000)
