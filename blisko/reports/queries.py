"""The figures and the lists behind them: read from everybody, changing nothing."""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from blisko.access.rules import Actor, require
from blisko.kit.fields import said
from blisko.reports.rules import Counts, Figure, Group, check_period

SEE = "reports.see"
MOST_LISTED = 5000


@dataclass(frozen=True)
class Asked:
    """Which visits are counted: those whose window begins on these local days, of one team (0: of none), of one job type."""

    first: date
    last: date
    team: int | None = None
    job_type: str = ""


@dataclass(frozen=True)
class Line:
    """The counts of one group under its name."""

    name: str
    counts: Counts


@dataclass(frozen=True)
class Listed:
    """One visit behind a figure."""

    visit_id: int
    number: str
    day: date
    state: str
    job_type: str
    team: str
    technician: str
    opened_at: datetime | None
    works: bool | None
    rating: int | None
    reason: str
    saved_metres: int | None
    saved_seconds: int | None
    moves: int


# One row for each visit of the period with everything that is counted of it.
VISITS = """seen AS (
  SELECT v.id, v.number, (v.window_from AT TIME ZONE %(zone)s)::date AS day, v.state, v.end_reason, j.code AS job_type,
    t.team_id AS team, coalesce(t.name, '') AS technician, o.first_at AS opened_at, c.works, c.rating,
    s.metres, s.seconds, coalesce(s.by_customer, false) AS saved,
    o.visit_id IS NOT NULL AS opened,
    v.state = 'done' AS done,
    v.state IN ('done', 'no_access', 'not_completed', 'needs_another') OR v.arrived_at IS NOT NULL AS attended,
    v.state = 'cancelled' AND v.arrived_at IS NOT NULL AS at_the_door,
    o.visit_id IS NOT NULL OR EXISTS (
      SELECT 1 FROM messaging_delivery d WHERE d.about = 'visit:' || v.id AND d.link_key IS NOT NULL AND d.state IN ('sent', 'delivered')
    ) AS told,
    (SELECT count(*) FROM planning_slothold h
      WHERE h.visit_id = v.id AND h.state = 'confirmed' AND h.purpose IN ('move', 'earlier')) AS moves
  FROM visits_visit v
  JOIN visits_workorder w ON w.id = v.order_id
  JOIN visits_jobtype j ON j.id = w.job_type_id
  LEFT JOIN LATERAL (
    SELECT a.technician_id FROM planning_assignment a WHERE a.visit_id = v.id AND a.seat = 1
    ORDER BY (a.released_at IS NULL) DESC, a.id DESC LIMIT 1
  ) who ON true
  LEFT JOIN field_technician t ON t.id = who.technician_id
  LEFT JOIN live_linkopening o ON o.visit_id = v.id
  LEFT JOIN visits_confirmation c ON c.visit_id = v.id
  LEFT JOIN planning_savedtrip s ON s.visit_id = v.id
  WHERE v.choose_until IS NULL AND v.window_from >= %(starts)s AND v.window_from < %(ends)s
), counted AS (
  SELECT * FROM seen WHERE (%(job_type)s = '' OR job_type = %(job_type)s)
    AND (%(team)s::bigint IS NULL OR coalesce(team, 0) = %(team)s::bigint)
)
"""
COUNTS = """
SELECT {group}, count(*), count(*) FILTER (WHERE told), count(*) FILTER (WHERE opened), count(*) FILTER (WHERE done),
  count(*) FILTER (WHERE done AND works IS NOT NULL), count(*) FILTER (WHERE done AND works), count(rating), coalesce(sum(rating), 0),
  count(*) FILTER (WHERE attended), count(*) FILTER (WHERE state = 'no_access'), count(*) FILTER (WHERE at_the_door),
  count(*) FILTER (WHERE saved), coalesce(sum(metres) FILTER (WHERE saved), 0), coalesce(sum(seconds) FILTER (WHERE saved), 0),
  coalesce(sum(moves), 0), count(*) FILTER (WHERE moves > 0)
FROM counted GROUP BY 1 ORDER BY 1 NULLS LAST
"""
LISTED = """
SELECT id, number, day, state, job_type, team, technician, opened_at, works, rating, end_reason, metres, seconds, moves
FROM counted WHERE {which} ORDER BY day, number LIMIT {most}
"""
COLUMNS = {Group.DAY: "day", Group.TEAM: "team", Group.JOB_TYPE: "job_type"}
# Which visits stand behind a figure: those that make its part.
BEHIND = {
    Figure.OPENED: "opened",
    Figure.WORKS: "done AND works",
    Figure.RESPONSE: "done AND works IS NOT NULL",
    Figure.SCORE: "rating IS NOT NULL",
    Figure.SAVED: "saved",
    Figure.NO_ACCESS: "state = 'no_access'",
    Figure.AT_THE_DOOR: "at_the_door",
    Figure.MOVES: "moves > 0",
}
# And those that make the rest of its whole: whom one would rather have seen in it.
MISSING = {
    Figure.OPENED: "told AND NOT opened",
    Figure.WORKS: "done AND works IS NOT TRUE",
    Figure.RESPONSE: "done AND works IS NULL",
}


def figures(actor: Actor, asked: Asked, group: Group) -> list[Line]:
    """Answer what was counted, a line for each day, team or job type. Refuses `BadPeriod`."""
    require(actor, SEE)
    teams, names = _teams(), _job_types()
    found = []
    for key, *counted in _rows(asked, COUNTS.format(group=COLUMNS[group])):
        name = key.isoformat() if group == Group.DAY else teams.get(key, "–") if group == Group.TEAM else names.get(key, key)
        found.append(Line(name, Counts(*(int(each) for each in counted))))
    return found


def behind_figure(actor: Actor, asked: Asked, figure: Figure, *, missing: bool = False) -> list[Listed]:
    """Answer the visits behind a figure, or those that miss in it, in order of days; at most 5000."""
    require(actor, SEE)
    teams, names = _teams(), _job_types()
    wanted = LISTED.format(which=(MISSING if missing and figure in MISSING else BEHIND)[figure], most=MOST_LISTED)
    return [
        Listed(pk, number, day, state, names.get(job, job), teams.get(team, "–"), technician, *rest)
        for pk, number, day, state, job, team, technician, *rest in _rows(asked, wanted)
    ]


def may_open(actor: Actor) -> bool:
    """Tell whether an actor may go on from a list to the visits themselves."""
    return actor.may("live.see_day")


def choices(actor: Actor) -> tuple[list[tuple[int, str]], list[tuple[str, str]]]:
    """Answer the teams and the job types to choose from."""
    require(actor, SEE)
    return list(_teams().items()), sorted(_job_types().items(), key=lambda pair: pair[1])


def _rows(asked: Asked, wanted: str) -> list[tuple[Any, ...]]:
    check_period(asked.first, asked.last)
    zone = timezone.get_default_timezone()
    given: dict[str, Any] = {
        "zone": settings.TIME_ZONE,
        "starts": datetime.combine(asked.first, time(), zone),
        "ends": datetime.combine(asked.last + timedelta(days=1), time(), zone),
        "team": asked.team,
        "job_type": asked.job_type,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {VISITS} {wanted}", given)
        return list(cursor.fetchall())


def _teams() -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM field_team ORDER BY name")
        return dict(cursor.fetchall())


def _job_types() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, names FROM visits_jobtype ORDER BY code")
        return {code: said(json.loads(names) if isinstance(names, str) else names) or code for code, names in cursor.fetchall()}
