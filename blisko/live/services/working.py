"""What a technician can do on a visit, by its name: whether he taps it with a network or his telephone tells of it later."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from blisko.access.rules import Actor
from blisko.live.errors import BadOperation
from blisko.live.rules.operations import ROWS, Kind
from blisko.visits import services as visits

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


def do_on_visit(kind: Kind, visit_id: int, data: Mapping[str, Any], *, actor: Actor, now: datetime) -> None:
    """Do one thing on a visit; `data` as `rules.operations.WANTED` says, a picture as bytes in `content`.

    Refuses as the visits' services do.
    """
    DOERS[kind](visit_id, **data, actor=actor, now=now)
