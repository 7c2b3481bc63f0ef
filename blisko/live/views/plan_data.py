"""The plan in the values its islands draw: minutes since midnight, ready sentences, never a word of the islands' own."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from blisko.kit.fields import said
from blisko.kit.telling import told
from blisko.live.queries.board import Bar, Board, Lane
from blisko.live.queries.day import Present
from blisko.live.queries.words import STATES
from blisko.live.rules.board import is_within
from blisko.planning.queries import AlertCard
from blisko.ui.templatetags.ui import clock_time, initials

if TYPE_CHECKING:
    from blisko.field.models import Technician
    from blisko.live.models import Onlooker
    from blisko.planning.models import SwapAsked
    from blisko.planning.rules.lines import Change
    from blisko.planning.rules.whatif import Consequences, Planned

MINUTE = timedelta(minutes=1)
LONG_WAY = 10  # minutes more at the wheel that deserve a second look


def hours(start: datetime, end: datetime) -> str:
    """Answer a stretch of local time: "10:00–11:30"."""
    return f"{clock_time(start)}–{clock_time(end)}"


def length_words(minutes: float) -> str:
    """Answer a length for people: "45 min", "2 h 05 min"."""
    whole = round(minutes)
    if whole < 60:
        return gettext("{n} min").replace("{n}", str(whole))
    return gettext("{hours} h {minutes} min").replace("{hours}", str(whole // 60)).replace("{minutes}", f"{whole % 60:02}")


def bar_flags(bar: Bar) -> list[str]:
    """Answer what is wrong with a planned visit, in words: by the plan, else how likely it is late and why, else by the clock."""
    if bar.risky and bar.planned and not is_within((bar.visit.window_from, bar.visit.window_to), bar.planned[0]):
        return [gettext("outside the promised window")]
    if bar.danger is not None:
        return [danger_words(bar.danger), bar.danger.why]
    return [gettext("later than promised")] if bar.risky else []


def danger_words(card: AlertCard) -> str:
    """Answer how likely a visit is late."""
    return gettext("{n} % likely to be late").replace("{n}", str(card.percent))


def board_values(
    board: Board,
    *,
    now: datetime,
    may_change: bool,
    onlookers: "list[Onlooker]",
    present: list[Present],
    query: str,
    filtered: bool = False,
) -> dict[str, Any]:
    """Answer the whole plan as `<plan-console>` reads it."""
    zero = board.zero
    watching: dict[int, list[str]] = {}
    for one in onlookers:
        if one.visit_id:
            watching.setdefault(one.visit_id, []).append(initials(one.name))
    bars = board.bars
    return {
        "day": board.day.isoformat(),
        "zero": zero.isoformat(),
        "starts": (board.starts - zero) / MINUTE,
        "ends": (board.ends - zero) / MINUTE,
        "now": (now - zero) / MINUTE,
        "mayChange": may_change,
        "ticks": _ticks(board, zero),
        "rows": [_row(lane, zero, watching) for lane in board.lanes],
        "tray": [_bar_values(bar, zero, watching, None) for bar in board.waiting],
        "trayEmpty": gettext("Nothing here for this filter.") if filtered else gettext("Everything is planned."),
        "said": board_words(board),
        "onlookers": [{"initials": initials(one.name), "name": one.name} for one in onlookers],
        "counts": {"all": len(bars), "waiting": len(board.waiting), "risk": sum(bar.risky for bar in bars)},
        "points": _points(board, present),
        "routes": _routes(board),
        "query": query,
    }


def board_words(board: Board) -> str:
    """Answer the plan in one sentence."""
    planned = sum(len(lane.bars) for lane in board.lanes)
    visits = ngettext("{n} visit planned", "{n} visits planned", planned).replace("{n}", str(planned))
    waiting = ngettext("{n} not planned", "{n} not planned", len(board.waiting)).replace("{n}", str(len(board.waiting)))
    driven = gettext("{length} of driving").replace("{length}", length_words(sum(lane.driven for lane in board.lanes)))
    return ", ".join((visits, waiting, driven))


def _ticks(board: Board, zero: datetime) -> list[dict[str, Any]]:
    count = int((board.ends - board.starts) / timedelta(hours=1)) + 1
    moments = [board.starts + timedelta(hours=n) for n in range(count)]
    return [{"at": (moment - zero) / MINUTE, "text": clock_time(moment)} for moment in moments]


def _row(lane: Lane, zero: datetime, watching: dict[int, list[str]]) -> dict[str, Any]:
    one = lane.technician
    n = len(lane.bars)
    visits = ngettext("{n} visit", "{n} visits", n).replace("{n}", str(n))
    driven = gettext("{length} of driving").replace("{length}", length_words(lane.driven))
    shift = ", ".join(hours(shift.starts_at, shift.ends_at) for shift in lane.shifts) or gettext("does not work")
    return {
        "id": one.pk,
        "name": one.name,
        "initials": initials(one.name),
        "photo": reverse("live:photo", args=[one.pk]) if one.photo else "",
        "note": f"{visits} · {length_words(lane.driven)}",
        "label": f"{one.name}: {shift}, {visits}, {driven}",
        "shifts": [[(shift.starts_at - zero) / MINUTE, (shift.ends_at - zero) / MINUTE] for shift in lane.shifts],
        "breaks": [[(stop.during.lower - zero) / MINUTE, (stop.during.upper - zero) / MINUTE] for stop in lane.stops],
        "bars": [_bar_values(bar, zero, watching, lane) for bar in lane.bars],
    }


def _bar_values(bar: Bar, zero: datetime, watching: dict[int, list[str]], lane: Lane | None) -> dict[str, Any]:
    visit, planned, order = bar.visit, bar.planned, bar.visit.order
    state, tone = STATES.get(visit.state, (visit.state, ""))
    promised = gettext("promised {window}").replace("{window}", hours(visit.window_from, visit.window_to))
    lines = [
        f"{order.site.street}, {order.site.city}",
        f"{said(order.job_type.names)} · {length_words(visit.minutes)}",
        promised,
        *([gettext("drive of {length} to get there").replace("{length}", length_words(bar.drive))] if bar.drive else []),
    ]
    flags = bar_flags(bar)
    when = hours(*planned) if planned else gettext("not planned")
    who = [lane.technician.name] if lane else []
    return {
        "id": visit.pk,
        "who": order.customer.name,
        "where": order.site.street,
        "when": when,
        "job": said(order.job_type.names),
        "state": visit.state,
        "stateText": str(state),
        "tone": tone,
        "at": [(planned[0] - zero) / MINUTE, (planned[1] - zero) / MINUTE] if planned else None,
        "window": [(visit.window_from - zero) / MINUTE, (visit.window_to - zero) / MINUTE],
        "promised": hours(visit.window_from, visit.window_to),
        "minutes": visit.minutes,
        "drive": round(bar.drive, 1) if bar.drive is not None else None,
        "driveText": length_words(bar.drive) if bar.drive is not None else "",
        "flags": flags,
        "risky": bar.risky,
        "fits": bar.fits,
        "movable": bar.movable,
        "pinned": bool(bar.pins),
        "lines": lines,
        "label": ", ".join(
            [
                when if planned else hours(visit.window_from, visit.window_to),
                order.customer.name,
                order.site.street,
                said(order.job_type.names),
                str(state),
                promised if planned else gettext("not planned"),
                *who,
                *flags,
            ]
        ),
        "href": reverse("live:visit", args=[visit.pk]),
        "menu": reverse("live:plan_visit", args=[visit.pk]),
        "watched": watching.get(visit.pk, []),
    }


def _points(board: Board, present: list[Present]) -> list[dict[str, Any]]:
    tones = {"booked": "", "on_the_way": "sun", "on_site": "info", "done": "success"}
    homes = [
        {
            "id": f"visit-{bar.visit.pk}",
            "kind": "visit",
            "lat": bar.visit.order.site.lat,
            "lon": bar.visit.order.site.lon,
            "label": f"{hours(*bar.planned) if bar.planned else gettext('not planned')}, {bar.visit.order.customer.name}, "
            f"{bar.visit.order.site.street}: {STATES.get(bar.visit.state, ('', ''))[0]}",
            "text": clock_time(bar.planned[0]) if bar.planned else "?",
            "tone": "danger" if bar.risky else tones.get(bar.visit.state, "danger") if bar.planned else "warn",
            "press": True,
        }
        for bar in board.bars
        if bar.visit.order.site.lat is not None and bar.fits
    ]
    shown = {lane.technician.pk for lane in board.lanes}
    vans = [
        {
            "id": f"technician-{one.technician.pk}",
            "kind": "technician",
            "lat": one.position.fix.lat,
            "lon": one.position.fix.lon,
            "heading": one.position.fix.heading,
            "label": one.technician.name,
            "topic": one.topic,
            "photo": reverse("live:photo", args=[one.technician.pk]) if one.technician.photo else "",
            "text": "" if one.technician.photo else initials(one.technician.name),
            "still": not one.fresh,
        }
        for one in present
        if one.position is not None and one.technician.pk in shown
    ]
    return homes + vans


def _routes(board: Board) -> list[dict[str, Any]]:
    lines = [
        (lane.technician.pk, [[site.lon, site.lat] for bar in lane.bars if (site := bar.visit.order.site).lat is not None])
        for lane in board.lanes
    ]
    return [{"id": pk, "line": line} for pk, line in lines if len(line) > 1]


def what_if_values(
    found: "Consequences", visit_ids: list[int], technician: "Technician | None", zero: datetime, *, place: str = ""
) -> dict[str, Any]:
    """Answer the consequences as the console shows them before the drop: lines with a tone, and one sentence to be read out.

    `place`: before whom, in words. `moves`: where other visits would go, minutes of the day.
    """
    name = technician.name if technician else gettext("not planned")
    if found.refusal is not None:
        words = told(found.refusal.words, found.refusal.details)
        return {"ok": False, "title": name, "lines": [{"text": words, "tone": "danger"}], "said": f"{name}: {words}"}
    spot = spot_of(found, visit_ids[0])
    title = f"{name}, {hours(spot.starts, spot.ends)}" if spot else name
    lines = what_if_lines(found, set(visit_ids))
    return {
        "ok": True,
        "title": title,
        "place": place,
        "lines": lines,
        "said": f"{title}: {', '.join(([place] if place else []) + [line['text'] for line in lines])}",
        "at": (spot.starts - zero) / MINUTE if spot else None,
        "moves": [
            {"technician": line.technician_id, "at": [(line.starts - zero) / MINUTE, (line.ends - zero) / MINUTE]}
            for change in found.changes
            if (line := change.becomes) is not None and change.visit_id not in visit_ids and _is_seen(change)
        ],
    }


def spot_of(found: "Consequences", visit_id: int) -> "Planned | None":
    """Answer when and with whom a visit would take place."""
    return next((one for one in found.schedule if one.visit_id == visit_id and one.seat == 1), None)


def next_of(found: "Consequences", visit_ids: list[int]) -> int | None:
    """Answer the visit its technician would go to after the last of these; None where they would be his last."""
    spots = [spot for one in visit_ids if (spot := spot_of(found, one))]
    if not spots:
        return None
    last = max(spots, key=lambda one: one.starts)
    later = [one for one in found.schedule if one.technician_id == last.technician_id and one.starts > last.starts]
    return min(later, key=lambda one: one.starts).visit_id if later else None


def _is_seen(change: "Change") -> bool:
    """Tell whether a change can be read on a clock: a few seconds are nobody's business."""
    was, becomes = change.was, change.becomes
    return change.handed_over or was is None or becomes is None or abs(becomes.starts - was.starts) >= MINUTE


def what_if_lines(found: "Consequences", visit_ids: set[int]) -> list[dict[str, str]]:
    """Answer what a change costs and saves, a line for each, with its tone."""
    lines = cost_lines(found.minutes, len(found.windows_broken), len(found.customers_told), kept=len(found.windows_kept))
    if others := len({change.visit_id for change in found.changes if _is_seen(change)} - visit_ids):
        words = ngettext("{n} other visit moves along", "{n} other visits move along", others).replace("{n}", str(others))
        lines.append({"text": words, "tone": ""})
    if overtime := found.overtime_minutes:
        lines.append({"text": _signed(overtime, gettext("{n} min of overtime"), ""), "tone": "warn" if overtime > 0 else "good"})
    return lines


def cost_lines(minutes: int, broken: int, told_anew: int, *, kept: int = 0) -> list[dict[str, str]]:
    """Answer minutes driven, promises broken and kept again, and customers to be told, a line for each, with its tone."""
    driving = _signed(minutes, gettext("{n} min of driving"), gettext("no more driving"))
    lines = [{"text": driving, "tone": "warn" if minutes > LONG_WAY else "good" if minutes < 0 else ""}]
    if broken:
        words = ngettext("{n} promise broken", "{n} promises broken", broken).replace("{n}", str(broken))
        lines.append({"text": words, "tone": "danger"})
    if kept:
        words = ngettext("{n} promise kept again", "{n} promises kept again", kept).replace("{n}", str(kept))
        lines.append({"text": words, "tone": "good"})
    if not broken and not kept:
        lines.append({"text": gettext("no promise broken"), "tone": "good"})
    customers = ngettext("{n} customer to be told", "{n} customers to be told", told_anew).replace("{n}", str(told_anew))
    lines.append({"text": customers, "tone": "warn"} if told_anew else {"text": gettext("nobody to be told"), "tone": "good"})
    return lines


def swap_lines(asked: "SwapAsked") -> list[dict[str, str]]:
    """Answer what a swap costs: driving of both together, promises (none breaks), other visits that begin later, customers to be told."""
    lines = cost_lines(asked.total_minutes, 0, asked.told)
    if asked.later:
        words = ngettext("{n} visit begins later, within its promise", "{n} visits begin later, within their promises", asked.later)
        lines.append({"text": words.replace("{n}", str(asked.later)), "tone": "warn"})
    if asked.merged:
        lines.append({"text": gettext("one shift fewer: its visits go into the colleague’s own"), "tone": "warn"})
    return lines


def _signed(n: int, words: str, none: str) -> str:
    return words.replace("{n}", f"{'+' if n > 0 else '−'}{abs(n)}") if n else none
