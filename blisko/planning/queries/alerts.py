"""Promises in danger, as a dispatcher's list shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from blisko.access.rules import Actor, require
from blisko.planning.errors import NoSuchAlert
from blisko.planning.models import RiskAlert
from blisko.planning.queries.problems import local_day
from blisko.planning.rules.alerts import LIVE, AlertState, CauseCode
from blisko.planning.rules.ways_out import WayOut, way_out_from


@dataclass(frozen=True)
class AlertCard:
    """One alert with its reason in a sentence of the reader's language and its repairs, least painful first."""

    alert: RiskAlert
    why: str
    repairs: list[WayOut]

    @property
    def percent(self) -> int:
        return round(100 * self.alert.probability)


def alerts_for(actor: Actor) -> list[AlertCard]:
    """Answer the live alerts, those nobody has looked after first, then by how likely the promise breaks."""
    require(actor, "planning.assign")
    order = {AlertState.ESCALATED: 0, AlertState.OPEN: 1, AlertState.TAKEN: 2}
    rows = sorted(_whole().filter(state__in=LIVE), key=lambda one: (order[AlertState(one.state)], -one.probability, one.pk))
    return [_card(row) for row in rows]


def dangers_of(actor: Actor, day: date) -> dict[int, AlertCard]:
    """Answer the promises of a local day that will probably break as its rest is played, by visit; what is calm again is none of them."""
    require(actor, "planning.assign")
    live = live_alerts_of(day, visit_ids=()).filter(calm_since=None)
    return {row.visit_id: _card(row) for row in _whole().filter(pk__in=live.values("pk"))}


def alert_for(actor: Actor, alert_id: int) -> AlertCard:
    """Answer one alert, live or closed."""
    require(actor, "planning.assign")
    row = _whole().filter(pk=alert_id).first()
    if row is None:
        raise NoSuchAlert
    return _card(row)


def live_alerts_of(day: date, *, visit_ids: Iterable[int], technician_ids: Iterable[int] | None = None) -> QuerySet[RiskAlert]:
    """Answer a day's live alerts (of some technicians and visits only, where `technician_ids` are given), for the house's own use."""
    starts, ends = local_day(day)
    rows = RiskAlert.objects.filter(state__in=LIVE, visit__window_from__lt=ends, visit__window_to__gt=starts)
    return rows if technician_ids is None else rows.filter(Q(technician_id__in=list(technician_ids)) | Q(visit_id__in=list(visit_ids)))


def neglected_alerts() -> list[RiskAlert]:
    """Answer the alerts nobody has looked after in time and still nobody does, the earliest window first, for the house's own use."""
    return list(_whole().filter(state=AlertState.ESCALATED, calm_since=None).order_by("visit__window_from", "pk"))


def ignored_dangers(visit_ids: Iterable[int]) -> dict[int, float]:
    """Answer, by visit, how likely the break was that somebody ignored last, for the house's own use."""
    rows = RiskAlert.objects.filter(visit_id__in=list(visit_ids), state=AlertState.IGNORED).order_by("closed_at")
    return dict(rows.values_list("visit_id", "probability"))


def _whole() -> QuerySet[RiskAlert]:
    return RiskAlert.objects.select_related(
        "visit__order__customer", "visit__order__site", "visit__order__job_type", "technician", "cause_visit__order__site"
    )


def _card(row: RiskAlert) -> AlertCard:
    return AlertCard(row, _why(row), [way_out_from(one) for one in row.repairs])


def _why(row: RiskAlert) -> str:
    values = {"minutes": row.cause_minutes, "place": row.cause_visit.order.site.street if row.cause_visit else ""}
    if row.cause == CauseCode.BEHIND:
        words = gettext("The technician is {minutes} min behind the plan.")
    elif row.cause == CauseCode.DRIVE:
        words = gettext("The drive to {place} is likely to take {minutes} min longer than planned.")
    elif row.cause == CauseCode.WORK:
        words = gettext("The job at {place} is likely to run {minutes} min long.")
    else:
        words = gettext("The plan leaves no time to spare.")
    why = words.format(**values)
    if row.calm_since is None:
        return why
    return gettext("Probably on time again. What had put it in danger: {why}").format(why=why)
