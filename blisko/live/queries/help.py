"""Help on visits: what waits for whom, what a technician sees of his own, and who is on duty."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from blisko.access.queries import opens
from blisko.access.rules import Actor, require
from blisko.live.errors import NoSuchHelp
from blisko.live.models import HelpDuty, HelpMessage, HelpRules, HelpThread
from blisko.live.rules.help import CALLS, WAITING, Duty, HelpSaid, HelpState, HelpTerms, on_duty
from blisko.visits.queries import photos_of, visit_for

if TYPE_CHECKING:
    from blisko.visits.models import Photo

CLOSED_SHOWN = 8
LATE = timedelta(minutes=1)  # a line that was longer on its way tells both times


@dataclass(frozen=True)
class HelpLine:
    """One line of a thread; `late`: it was written where there was no network, and we heard of it at `message.heard_at`."""

    message: HelpMessage

    @property
    def late(self) -> bool:
        return self.message.heard_at - self.message.at > LATE


@dataclass(frozen=True)
class HelpCard:
    """Help as the console shows it: the thread with its visit, its lines, who is on duty, and whether it is the reader's turn."""

    thread: HelpThread
    lines: list[HelpLine]
    duty: list[Duty]
    concerns: bool

    @cached_property
    def photos(self) -> "list[Photo]":
        """The photos of the visit."""
        return photos_of(self.thread.visit_id)

    @property
    def waits(self) -> bool:
        return self.thread.state in WAITING

    @property
    def call(self) -> str:
        """What became of his last call, "" where he has not called since the last answer."""
        return _last_call([line.message for line in self.lines])

    @property
    def said_last(self) -> HelpMessage:
        return self.lines[-1].message

    @property
    def tune(self) -> str:
        """What changes whenever somebody should hear of it again."""
        return f"{self.thread.pk}.{self.thread.step}.{sum(line.message.by_technician for line in self.lines)}"


@dataclass(frozen=True)
class OwnHelp:
    """Help on a technician's own visit: the thread that is not closed (None: there is none), every line, and whom one tap rings.

    `name` is "" where nobody is on duty and dispatch answers.
    """

    thread: HelpThread | None
    lines: list[HelpLine]
    name: str
    phone: str

    @property
    def waits(self) -> bool:
        return self.thread is not None and self.thread.state in WAITING

    @property
    def rang(self) -> bool:
        return _last_call([line.message for line in self.lines]) == HelpSaid.RANG


def _last_call(messages: Sequence[HelpMessage]) -> str:
    since = [one for nr, one in enumerate(messages) if all(later.by_technician for later in messages[nr:])]
    return next((one.said for one in reversed(since) if one.said in CALLS), "")


def help_rules() -> HelpRules:
    """Answer how long technicians wait for help in this house, for the house's own use."""
    return HelpRules.objects.filter(pk=1).first() or HelpRules()


def help_terms() -> HelpTerms:
    """Answer the same as `help_rules` as values, for the house's own use."""
    rules = help_rules()
    answer, after = timedelta(minutes=rules.answer_minutes), timedelta(minutes=rules.next_minutes)
    return HelpTerms(answer, after, rules.phone or settings.BLISKO_HOTLINE)


def duties() -> list[Duty]:
    """Answer every duty there is, for the house's own use."""
    rows = HelpDuty.objects.filter(person__is_active=True).select_related("person").order_by("pk")
    return [
        Duty(
            f"user:{row.person_id}", str(row.person), row.phone, row.person.language, row.job_type_id, frozenset(row.days),
            row.starts, row.ends, row.first_day, row.last_day,
        )
        for row in rows
    ]  # fmt: skip


def duty_of(thread: HelpThread, *, now: datetime) -> list[Duty]:
    """Answer who is on duty for a thread's job, for the house's own use."""
    return on_duty(duties(), thread.visit.order.job_type_id, timezone.localtime(now))


def may_answer(actor: Actor, thread: HelpThread, duty: Sequence[Duty]) -> bool:
    """Tell whether somebody may answer: who runs the day, who is on duty for it, and who was and has begun."""
    return actor.may("visits.run") or actor.id in {one.person for one in duty} or actor.id == thread.taken_by != ""


def threads() -> QuerySet[HelpThread]:
    """Answer threads with all around them, for the house's own use."""
    lines = Prefetch("messages", HelpMessage.objects.order_by("heard_at", "pk"))
    order = ("visit__order__customer", "visit__order__site", "visit__order__job_type")
    return HelpThread.objects.select_related(*order, "technician").prefetch_related(lines)


def help_for(actor: Actor, *, now: datetime) -> list[HelpCard]:
    """Answer the help that is not closed, what waits first and longest first; to who may answer it, and to nobody else."""
    cards = _cards(actor, threads().exclude(state=HelpState.CLOSED), now)
    if not cards and not is_asked(actor):
        require(actor, "visits.run")
    return cards


def help_waiting(actor: Actor, *, now: datetime) -> list[HelpCard]:
    """Answer the help that waits and that the actor may answer: nothing to who may answer none."""
    return _cards(actor, threads().filter(state__in=WAITING), now)


def is_asked(actor: Actor) -> bool:
    """Tell whether somebody is among those who may be asked for help: who runs the day, and who has a duty."""
    return actor.may("visits.run") or actor.id in {one.person for one in duties()}


def _cards(actor: Actor, rows: QuerySet[HelpThread], now: datetime) -> list[HelpCard]:
    every = duties()
    found = [(row, on_duty(every, row.visit.order.job_type_id, timezone.localtime(now))) for row in rows]
    cards = [_card(actor, row, duty) for row, duty in found if may_answer(actor, row, duty)]
    return sorted(cards, key=lambda card: (not card.waits, card.thread.heard_at, card.thread.pk))


def _card(actor: Actor, thread: HelpThread, duty: list[Duty]) -> HelpCard:
    people = {thread.taken_by} if thread.taken_by and not thread.step else {one.person for one in duty}
    concerns = bool(thread.step) or not people or actor.id in people
    lines = [HelpLine(one) for one in thread.messages.all()]
    return HelpCard(thread, lines, duty, concerns)


def closed_help(actor: Actor) -> list[HelpThread]:
    """Answer what was closed last, the newest first, to who runs the day; nothing to others."""
    rows = threads().filter(state=HelpState.CLOSED).order_by("-closed_at", "-pk")
    return list(rows[:CLOSED_SHOWN]) if actor.may("visits.run") else []


def own_help(actor: Actor, visit_id: int, *, now: datetime) -> OwnHelp:
    """Answer the help on a visit of one's own; refuse `NoSuchVisit` for others'."""
    require(actor, "live.own_day")
    visit = visit_for(actor, visit_id, now=now)
    rows = list(threads().filter(visit=visit).order_by("opened_at", "pk"))
    reached = on_duty(duties(), visit.order.job_type_id, timezone.localtime(now))
    name, phone = (reached[0].name, reached[0].phone) if reached else ("", help_terms().phone)
    lines = [HelpLine(one) for row in rows for one in row.messages.all()]
    return OwnHelp(next((row for row in rows if row.state != HelpState.CLOSED), None), lines, name, phone.replace(" ", ""))


def help_photo_for(actor: Actor, message_id: int, *, now: datetime) -> HelpMessage:
    """Answer a picture of a thread, to who may answer it and to whose visit it is; refuse `NoSuchHelp`."""
    found = HelpMessage.objects.filter(pk=message_id, said=HelpSaid.PHOTO).select_related("thread__visit__order").first()
    if found is None:
        raise NoSuchHelp
    his = actor.may("live.own_day") and opens(actor, f"visit:{found.thread.visit_id}", now=now)
    if not his and not may_answer(actor, found.thread, duty_of(found.thread, now=now)):
        raise NoSuchHelp
    return found
