"""What a technician can do on a visit, by its name: whether he taps it with a network or his telephone tells of it later."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from blisko.access.rules import Actor
from blisko.field.queries import own_technician
from blisko.field.rules import read_counts
from blisko.field.services import count_van, return_parts, take_parts, use_parts
from blisko.live.errors import BadOperation
from blisko.live.rules.operations import HELP, ROWS, STOCK, Kind
from blisko.live.services.help import ask_for_help, note_help_call, show_for_help
from blisko.visits import services as visits
from blisko.visits.queries import visit_for

Doer = Callable[..., Any]


def _need_another(visit_id: int, *, note: str, cause: str, skill: str, level: int, actor: Actor, now: datetime, **rows: Any) -> None:
    """Ask for another visit with what a form or a telephone says it needs: one skill, and parts row by row."""
    parts = [{"part": rows[f"part_{nr}"], "count": rows[f"count_{nr}"]} for nr in ROWS if rows[f"part_{nr}"]]
    skills = {skill: level} if skill else {}
    visits.need_another(visit_id, note=note, cause=cause, skills=skills, parts=parts, actor=actor, now=now)


def _cannot(visit_id: int, **_: object) -> None:
    """Refuse what nobody could read."""
    raise BadOperation


DOERS: dict[Kind, Doer] = {
    Kind.SET_OUT: visits.set_out,
    Kind.TURN_BACK: visits.turn_back,
    Kind.ARRIVE: visits.arrive,
    Kind.FINISH: visits.finish,
    Kind.NO_ACCESS: visits.report_no_access,
    Kind.GIVE_UP: visits.give_up,
    Kind.NEED_ANOTHER: _need_another,
    Kind.NOTE: visits.write_note,
    Kind.PHOTO: visits.add_photo,
    Kind.TICK: visits.tick_step,
    Kind.MEASURE: visits.measure_value,
    Kind.SIGN: visits.sign_visit,
    Kind.ODD: _cannot,
}
HELPERS: dict[Kind, Doer] = {Kind.HELP: ask_for_help, Kind.HELP_PHOTO: show_for_help, Kind.HELP_CALL: note_help_call}


def do_on_visit(kind: Kind, visit_id: int, data: Mapping[str, Any], *, op: UUID, actor: Actor, now: datetime, heard: datetime) -> None:
    """Do one thing on a visit; `data` as `rules.operations.WANTED` says, a picture as bytes in `content`.

    `op`: under which stock is booked, once. `now`: when it was done, `heard`: when we heard of it. Refuses as the services it calls do.
    """
    if kind in STOCK:
        _book(kind, visit_id, data, op=op, actor=actor, now=now)
    elif kind in HELP:
        HELPERS[kind](visit_id, **data, actor=actor, now=now, heard=heard)
    else:
        DOERS[kind](visit_id, **data, actor=actor, now=now)


def _book(kind: Kind, visit_id: int, data: Mapping[str, Any], *, op: UUID, actor: Actor, now: datetime) -> None:
    """Book parts; lines of a count that were left as they were are no count, and no parts of something are nothing."""
    me = own_technician(actor).pk
    counts = read_counts(data["part"], data["count"], data["was"] if kind == Kind.COUNT_VAN else ["0"] * len(data["part"]))
    if kind == Kind.USE_PARTS:
        visit_for(actor, visit_id, now=now)
    if not counts:
        return
    if kind == Kind.USE_PARTS:
        use_parts(me, counts, visit_id=visit_id, op=op, actor=actor, now=now)
    elif kind == Kind.COUNT_VAN:
        count_van(me, counts, op=op, actor=actor, now=now)
    else:
        carry = take_parts if kind == Kind.TAKE_PARTS else return_parts
        carry(me, data["depot"], counts, op=op, actor=actor, now=now)
