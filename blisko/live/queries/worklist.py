"""What waits for a dispatcher's word, and what became of a plan, in the names and words of people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext

from blisko.access.rules import Actor
from blisko.accounts.queries import names_of
from blisko.field.queries import technicians_for
from blisko.planning.queries import AlertCard, alerts_for, open_proposals, planning_rules, swaps_to_approve, visits_told_otherwise
from blisko.planning.rules.lines import Change, Line, unpacked
from blisko.planning.rules.repairs import RepairKind
from blisko.planning.rules.ways_out import WayOut
from blisko.visits.queries import visits_by_id

if TYPE_CHECKING:
    from blisko.planning.models import Proposal
    from blisko.visits.models import Visit


@dataclass(frozen=True)
class Way:
    """One way out of a danger in words; `index` is its number within the alert."""

    index: int
    words: str
    out: WayOut


@dataclass(frozen=True)
class AlertRow:
    """An alert with its ways out; `looked_after` names whoever took it."""

    card: AlertCard
    ways: list[Way]
    looked_after: str


@dataclass(frozen=True)
class Spot:
    """Who does a visit, from when to when."""

    name: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True)
class Move:
    """What becomes of one seat of a visit: `was` and `becomes` are None where nobody goes; `tell`: its customer has to be told."""

    visit: "Visit | None"
    seat: int
    was: Spot | None
    becomes: Spot | None
    handed_over: bool
    tell: bool


@dataclass(frozen=True)
class ProposalRow:
    """A repair that waits for a word, with what it would move."""

    proposal: "Proposal"
    moves: list[Move]


def alert_rows(actor: Actor) -> list[AlertRow]:
    """Answer the live alerts as the worklist shows them, those nobody has looked after first."""
    cards = alerts_for(actor)
    ways = [one for card in cards for one in card.repairs]
    visits = visits_by_id(actor, {pk for one in ways for pk in (one.before, one.other) if pk})
    technicians = dict(technicians_for(actor).values_list("pk", "name"))
    people = names_of({card.alert.taken_by for card in cards})
    return [
        AlertRow(
            card,
            [Way(index, _way_words(one, technicians, visits), one) for index, one in enumerate(card.repairs)],
            people.get(card.alert.taken_by, card.alert.taken_by),
        )
        for card in cards
    ]


def _way_words(one: WayOut, technicians: dict[int, str], visits: "dict[int, Visit]") -> str:
    """Answer what a way out does: who goes, and before whom."""
    near = visits.get(one.other or one.before or 0)
    values = {"name": technicians.get(one.technician, "?"), "customer": near.order.customer.name if near else "?"}
    if one.kind == RepairKind.SWAP:
        words = gettext("Swap with {customer}: {name} goes there instead.")
    elif one.kind == RepairKind.REORDER:
        words = gettext("{name} goes there before {customer}.") if one.before else gettext("{name} goes there last.")
    else:
        words = gettext("Give it to {name}, before {customer}.") if one.before else gettext("Give it to {name}, as the last visit.")
    return words.format(**values)


def proposal_rows(actor: Actor, *, now: datetime) -> list[ProposalRow]:
    """Answer the repairs that wait for a word, of today and of the days that are planned ahead."""
    today = timezone.localtime(now).date()
    days = [today + timedelta(days=n) for n in range(planning_rules().days_ahead + 1)]
    found = [one for day in days for one in open_proposals(actor, day)]
    return [ProposalRow(one, moves_of(actor, unpacked(one.changes))) for one in found]


def moves_of(actor: Actor, changes: Iterable[Change]) -> list[Move]:
    """Answer changes of a plan with names: what moves from whom and when to whom and when, and who has to be told."""
    listed = list(changes)
    visits = visits_by_id(actor, {one.visit_id for one in listed})
    technicians = dict(technicians_for(actor).values_list("pk", "name"))
    tell = visits_told_otherwise(actor, listed)
    moves = [
        Move(
            visits.get(one.visit_id),
            one.seat,
            _spot(one.was, technicians),
            _spot(one.becomes, technicians),
            one.handed_over,
            one.visit_id in tell and one.seat == 1,
        )
        for one in listed
    ]
    return sorted(moves, key=lambda one: (not one.handed_over, _first(one)))


def _first(move: Move) -> datetime:
    return min(spot.starts for spot in (move.was, move.becomes) if spot)


def _spot(line: Line | None, technicians: dict[int, str]) -> Spot | None:
    return Spot(technicians.get(line.technician_id, "?"), line.starts, line.ends) if line else None


def waiting_count(actor: Actor, day: date) -> int:
    """Answer how many alerts and proposals of a day, and swaps of any day, wait for somebody to look after them."""
    alone = sum(not card.alert.taken_by for card in alerts_for(actor))
    return alone + open_proposals(actor, day).count() + len(swaps_to_approve(actor))
