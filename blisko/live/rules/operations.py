"""What a technician did on his telephone, as it tells us: read, put into its order and its time."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import isfinite
from typing import Any
from uuid import UUID

from blisko.kit.life import Life
from blisko.live.errors import BadOperation
from blisko.live.rules.help import CALLS, HelpSaid

SAME_CLOCK = timedelta(seconds=10)  # a telephone's clock that differs by less is right, and a message takes a while
LONGEST_KEPT = timedelta(days=60)
MOST_AT_ONCE = 300
HIGHEST = 2**31 - 2  # of numbers: the next one has to fit into the same column
LONGEST_TEXT = 2000
MOST_LINES = 500  # of a van that is counted
LONGEST_PICTURE = 8 * 1024 * 1024  # bytes


class OperationState(StrEnum):
    WAITING = "waiting"  # one that was done before it has not arrived yet
    APPLIED = "applied"
    ASIDE = "aside"  # it can no longer be done as it was meant; kept for a dispatcher to look at
    DISMISSED = "dismissed"


S = OperationState
OPERATION_LIFE = Life(
    S.WAITING,
    {
        (S.WAITING, "apply"): S.APPLIED,
        (S.WAITING, "set_aside"): S.ASIDE,
        (S.ASIDE, "apply"): S.APPLIED,
        (S.ASIDE, "dismiss"): S.DISMISSED,
    },
)


class Kind(StrEnum):
    """The steps of a visit, and what is left as evidence beside them."""

    SET_OUT = "set_out"
    TURN_BACK = "turn_back"
    ARRIVE = "arrive"
    FINISH = "finish"
    NO_ACCESS = "no_access"
    GIVE_UP = "give_up"
    NEED_ANOTHER = "need_another"
    NOTE = "note"
    PHOTO = "photo"
    TICK = "tick"
    MEASURE = "measure"
    SIGN = "sign"
    USE_PARTS = "use_parts"
    TAKE_PARTS = "take_parts"
    RETURN_PARTS = "return_parts"
    COUNT_VAN = "count_van"
    HELP = "help"
    HELP_PHOTO = "help_photo"
    HELP_CALL = "help_call"
    ODD = "odd"  # a record whose contents nobody can read: it holds up nothing, and a person sees it


# What was found and done at a place is true whoever has the visit now; a step is not.
EVIDENCE = frozenset({Kind.NOTE, Kind.PHOTO, Kind.TICK, Kind.MEASURE, Kind.SIGN, Kind.USE_PARTS})
PICTURES = frozenset({Kind.PHOTO, Kind.SIGN, Kind.HELP_PHOTO})
STOCK = frozenset({Kind.USE_PARTS, Kind.TAKE_PARTS, Kind.RETURN_PARTS, Kind.COUNT_VAN})  # booked under the operation's own id
HELP = frozenset({Kind.HELP, Kind.HELP_PHOTO, Kind.HELP_CALL})  # waits for nothing that was done before


@dataclass(frozen=True, slots=True)
class Told:
    """One operation as a telephone tells it: `number` counts from 1 in its queue, `at` is the telephone's own time, None if unreadable."""

    id: UUID
    number: int
    visit_id: int
    kind: Kind
    at: datetime | None
    data: Mapping[str, Any]


def read_told(raw: object) -> Told:
    """Read one operation as told; what can be read but for its contents is `Kind.ODD` with the whole of it in `data`.

    Refuses `BadOperation` for what has no id or no number, which no telephone of ours has written.
    """
    known, number = _field(raw, "id", UUID), _field(raw, "number", _number_in_queue)
    try:
        kind = _field(raw, "kind", Kind)
        data = {name: _field(_field(raw, "data", _fields), name, reader) for name, reader in WANTED.get(kind, {}).items()}
        return Told(known, number, _field(raw, "visit", _whole), kind, _field(raw, "at", read_moment), data)
    except BadOperation as no:
        visit, at = _or_none(raw, "visit", _whole), _or_none(raw, "at", read_moment)
        return Told(known, number, visit or 0, Kind.ODD, at, {**no.details, "told": repr(raw)[:LONGEST_TEXT]})


def _or_none(raw: object, name: str, reader: Callable[[Any], Any]) -> Any:
    try:
        return _field(raw, name, reader)
    except BadOperation:
        return None


def _field(raw: object, name: str, reader: Callable[[Any], Any]) -> Any:
    try:
        return reader(raw.get(name))  # type: ignore[attr-defined]  # what has no fields is refused as such
    except (AttributeError, TypeError, ValueError, OverflowError):
        raise BadOperation(details={"field": name}) from None


def _whole(value: Any) -> int:
    found = int(value)
    if isinstance(value, bool) or not 0 <= found < 2**31:
        raise ValueError
    return found


def _number_in_queue(value: Any) -> int:
    found = _whole(value)
    if not 1 <= found <= HIGHEST:
        raise ValueError
    return found


def read_moment(value: Any) -> datetime:
    """Read a time as a telephone writes it (ISO 8601), in UTC; `ValueError`, `TypeError` or `OverflowError` for what is none."""
    found = datetime.fromisoformat(value)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _fields(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError
    return dict(value)


def _text(value: Any) -> str:
    if value is not None and not isinstance(value, str):
        raise ValueError
    # A telephone's keyboard may leave half of a sign; no database takes that.
    return (value or "").replace("\x00", "").encode("utf-8", "replace").decode().strip()[:LONGEST_TEXT]


def _said(value: Any) -> str:
    if not (found := _text(value)):
        raise ValueError
    return found


def _texts(value: Any) -> list[str]:
    return [_text(one) for one in (value if isinstance(value, list) else [] if value is None else [value])][:MOST_LINES]


def _some(value: Any) -> int:
    return _whole(value or 1)


def _number(value: Any) -> float:
    found = float(value.replace(",", ".").replace("\u2212", "-") if isinstance(value, str) else value)
    if not isfinite(found):
        raise ValueError
    return found


def _yes(value: Any) -> bool:
    return value in (True, "1", "true", "on")


def _sha256(value: Any) -> str:
    if len(bytes.fromhex(value)) != 32:
        raise ValueError
    return str(value).lower()


def _call(value: Any) -> HelpSaid:
    if (found := HelpSaid(value)) not in CALLS:
        raise ValueError
    return found


LINES: dict[str, Callable[[Any], Any]] = {"part": _texts, "count": _texts, "was": _texts}
ROWS = (1, 2)  # kinds of parts a technician may ask for at once
NOTED: dict[str, Callable[[Any], Any]] = {"note": _text}
WANTED: dict[Kind, dict[str, Callable[[Any], Any]]] = {
    Kind.FINISH: NOTED,
    Kind.NO_ACCESS: NOTED,
    Kind.GIVE_UP: NOTED,
    Kind.NEED_ANOTHER: {
        **NOTED,
        "cause": _text,
        "skill": _text,
        "level": _some,
        **{f"part_{nr}": _text for nr in ROWS},
        **{f"count_{nr}": _some for nr in ROWS},
    },
    Kind.NOTE: {"text": _said},
    Kind.PHOTO: {"sha256": _sha256, "caption": _text},
    Kind.TICK: {"step": _whole, "done": _yes},
    Kind.MEASURE: {"key": _said, "value": _number},
    Kind.SIGN: {"sha256": _sha256, "name": _text},
    Kind.USE_PARTS: LINES,
    Kind.TAKE_PARTS: LINES | {"depot": _text},
    Kind.RETURN_PARTS: LINES | {"depot": _text},
    Kind.COUNT_VAN: LINES,
    Kind.HELP: {"text": _said},
    Kind.HELP_PHOTO: {"sha256": _sha256, "caption": _text},
    Kind.HELP_CALL: {"outcome": _call},
}


def read_data(kind: str, raw: Mapping[str, Any]) -> tuple[Kind, dict[str, Any]]:
    """Read what a form says of an operation, pictures aside; refuse `BadOperation`."""
    known = _field({"kind": kind}, "kind", Kind)
    return known, {name: _field(raw, name, reader) for name, reader in WANTED.get(known, {}).items() if name != "sha256"}


def own_time(told: datetime, *, sent: datetime, now: datetime, after: datetime | None) -> datetime:
    """Answer when something was done: the telephone's time, put right by how wrong its clock was when it sent.

    `sent`: its clock at sending, `now`: ours. Never in the future or longer ago than work is kept, never before what was done before it
    in the same queue (`after`).
    """
    wrong_by = now - sent if abs(now - sent) > SAME_CLOCK else timedelta(0)
    try:
        at = max(min(told + wrong_by, now), now - LONGEST_KEPT)
    except OverflowError:
        at = now
    return max(at, min(after, now)) if after else at


def due_past(due: int, early: Collection[int]) -> int:
    """Answer the number a queue waits for, where those in `early` have taken effect before their turn."""
    while due in early:
        due += 1
    return due
