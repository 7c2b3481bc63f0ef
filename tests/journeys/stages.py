"""A link in every stage, and every page below it, on a running platform at nine in the morning: full of words and long names."""

from collections.abc import Callable
from datetime import timedelta
from functools import cached_property, partial

from blisko.access.rules import SYSTEM
from blisko.access.services import reveal_token, revoke_key
from blisko.field.tests.make import actor_of, let_work
from blisko.kit import clock
from blisko.live.models import CustomerRules, Edition
from blisko.live.rules.delays import Expected
from blisko.live.services.delays import tell_of_delay
from blisko.live.services.links import leave_photo, link_for
from blisko.planning.queries import slots_to_choose
from blisko.planning.services import hold_slot
from blisko.visits.models import Visit
from blisko.visits.rules import CancelReason, DisputeReason
from blisko.visits.services import (
    add_photo,
    arrive,
    cancel_visit,
    finish,
    give_up,
    need_another,
    open_dispute,
    report_no_access,
    set_out,
    write_note,
)
from tests.journeys.staff import PLACES, Worker, a_picture, a_promise, a_worker, an_invitation, link_actor, say, until, works_tomorrow
from tests.platform import Platform

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
NOTE = "Domofon nie działa, proszę dzwonić. Pies jest łagodny."
LONG = "Aleksandra Konstantynopolitańczykowianeczka-Brzozowska"
# A first name as long as they come.
TECHNICIAN = "Maksymilian-Wawrzyniec Brzęczyszczykiewicz"


def path_of(visit: Visit) -> str:
    """Answer the path of a visit's link."""
    return f"/v/{reveal_token(link_for(visit.pk, now=clock.now()).pk)}"


def in_language(address: str, language: str) -> str:
    """Answer the address of the same page in a language."""
    return f"{address}{'&' if '?' in address else '?'}lang={language}"


class Stages:
    """Makes visits in one language, each with a technician of its own, and says where their pages are."""

    def __init__(self, platform: Platform, language: str) -> None:
        self.platform, self.language = platform, language

    def visit(self, starts_in: timedelta = 2 * HOUR) -> tuple[Visit, Worker]:
        """Answer a promise with a note and a photo, and whoever keeps it."""
        worker = a_worker(self.platform, TECHNICIAN)
        works_tomorrow(worker)
        if starts_in > 2 * DAY:
            begins = clock.now() + starts_in - HOUR
            let_work(worker.technician, begins, begins + 8 * HOUR, now=clock.now())
        visit = a_promise(LONG, worker=worker, starts_in=starts_in, language=self.language)
        write_note(visit.pk, NOTE, actor=link_actor(visit), now=clock.now())
        leave_photo(visit.pk, a_picture(), actor=link_actor(visit), now=clock.now(), caption="Gniazdko w przedpokoju")
        return visit, worker

    def invited(self) -> Visit:
        """Answer a visit whose customer is asked to choose its time, while somebody is free tomorrow."""
        works_tomorrow(a_worker(self.platform, TECHNICIAN))
        return an_invitation(LONG, language=self.language)

    def after(self, *steps: Callable[..., Visit]) -> Visit:
        """Answer a visit whose technician has taken some steps."""
        visit, worker = self.visit(5 * MINUTE)
        worker.take(visit, *steps)
        return visit

    def driving(self) -> Visit:
        """Answer a visit whose technician is seen on the map."""
        visit, worker = self.visit(5 * MINUTE)
        worker.report(PLACES[1])
        worker.take(visit, set_out)
        worker.report(PLACES[2], at=clock.now() + timedelta(seconds=1))
        return visit

    def late(self) -> Visit:
        """Answer a visit of today whose customer was told that it comes later."""
        visit, _ = self.visit(20 * MINUTE)
        end = visit.window_to + 30 * MINUTE
        CustomerRules.objects.update_or_create(pk=1, defaults={"gap": 0})  # what was booked a moment ago is late already
        assert tell_of_delay(visit.pk, Expected(end, end + MINUTE, end + 2 * MINUTE), now=clock.now())
        CustomerRules.objects.all().delete()
        return visit

    def reported(self) -> Visit:
        """Answer a visit that is done, with photos and words of the technician and a report as a file."""
        visit, worker = self.visit(5 * MINUTE)
        worker.take(visit, set_out, arrive)
        add_photo(visit.pk, a_picture(), actor=actor_of(worker.technician), now=clock.now(), caption="Nowe gniazdko")
        write_note(visit.pk, "Wymieniono gniazdko, sygnał −18 dBm.", actor=actor_of(worker.technician), now=clock.now())
        worker.take(visit, finish)
        until(lambda: Edition.objects.filter(visit=visit).exists(), "report as a file")
        return visit

    def answered(self, *, works: bool, rating: int = 0) -> Visit:
        """Answer a visit whose customer has said whether everything works."""
        visit = self.after(set_out, arrive, finish)
        say(visit, works=works, rating=rating, comment="Bardzo miły i szybki." if rating else "")
        return visit

    def disputed(self) -> Visit:
        """Answer a visit whose report is disputed."""
        visit = self.reported()
        open_dispute(visit.pk, DisputeReason.NOT_DONE, "Gniazdko nadal jest luźne.", actor=link_actor(visit), now=clock.now())
        return visit

    def cancelled(self) -> Visit:
        """Answer a visit that its customer has cancelled."""
        visit, _ = self.visit()
        cancel_visit(visit.pk, actor=link_actor(visit), now=clock.now(), reason=CancelReason.FIXED_ITSELF)
        return visit

    def choosing(self) -> Visit:
        """Answer a visit another time of which is held."""
        visit, _ = self.visit()
        now, actor = clock.now(), link_actor(visit)
        hold_slot(visit.pk, slots_to_choose(actor, visit.pk, now=now)[0].starts, actor=actor, now=now)
        return visit

    def ended(self) -> str:
        """Answer the path of a link that has ended."""
        visit, _ = self.visit()
        path = path_of(visit)
        revoke_key(link_for(visit.pk, now=clock.now()).pk, by=SYSTEM, now=clock.now())
        return path

    @cached_property
    def _today(self) -> str:
        return path_of(self.visit()[0])

    @cached_property
    def _choosing(self) -> str:
        return path_of(self.choosing())

    @cached_property
    def _driving(self) -> str:
        return path_of(self.driving())

    @cached_property
    def _inside(self) -> str:
        return path_of(self.after(set_out, arrive))

    @cached_property
    def _reported(self) -> str:
        return path_of(self.reported())

    @property
    def pages(self) -> dict[str, Callable[[], str]]:
        """Answer every page a customer may find behind a link, in every stage: its name, and what answers its path."""
        return {
            "invited": lambda: path_of(self.invited()),
            "invited-times": lambda: f"{path_of(self.invited())}/move",
            "booked": lambda: path_of(self.visit(4 * DAY)[0]),
            "day-before": lambda: path_of(self.visit(DAY)[0]),
            "today": lambda: self._today,
            "late": lambda: path_of(self.late()),
            "setting-out": lambda: path_of(self.after(set_out)),
            "on-the-way": lambda: self._driving,
            "on-site": lambda: self._inside,
            "done": lambda: self._reported,
            "yes": lambda: path_of(self.answered(works=True)),
            "yes-rated": lambda: path_of(self.answered(works=True, rating=5)),
            "no": lambda: path_of(self.answered(works=False)),
            "no-access": lambda: path_of(self.after(set_out, report_no_access)),
            "needs-another": lambda: path_of(self.after(set_out, arrive, partial(need_another, note="Brakuje części."))),
            "not-completed": lambda: path_of(self.after(set_out, arrive, partial(give_up, note="Nie da się."))),
            "cancelled": lambda: path_of(self.cancelled()),
            "choosing": lambda: self._choosing,
            "move": lambda: f"{self._today}/move",
            "move-held": lambda: f"{self._choosing}/move",
            "move-gone": lambda: f"{self._today}/move?gone=1",
            "cancel": lambda: f"{self._today}/cancel",
            "cancel-sure": lambda: f"{self._driving}/cancel?reason=fixed_itself",
            "cancel-not-home": lambda: f"{self._today}/cancel?reason=not_home",
            "cancel-at-the-door": lambda: f"{self._inside}/cancel?reason=not_needed",
            "report": lambda: f"{self._reported}/report",
            "report-disputed": lambda: f"{path_of(self.disputed())}/report",
            "ended": self.ended,
            "unknown": lambda: "/v/nothing-is-here",
        }

    def address(self, name: str) -> str:
        """Answer the address of a page in this language, having made what it shows."""
        return in_language(f"{self.platform.web}{self.pages[name]()}", self.language)
