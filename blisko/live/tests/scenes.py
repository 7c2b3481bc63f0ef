"""Every stage of the link as a scene, and what each field leaves behind in the bytes: for tests that walk the table of fields."""

import io
import json
import re
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from django.http import HttpResponse
from django.test import Client
from PIL import Image
from pypdf import PdfReader
from pytest_django import Settings

from blisko.access.rules import SYSTEM
from blisko.customers.services import add_site
from blisko.customers.tests.make import a_customer
from blisko.field.models import Technician
from blisko.field.services import set_home, set_photo
from blisko.field.tests.make import let_work
from blisko.kit.tests.work import do_jobs
from blisko.live.models import CustomerRules
from blisko.live.queries.link import opened_by_link
from blisko.live.rules.delays import Expected
from blisko.live.rules.stages import Stage
from blisko.live.services.delays import tell_of_delay
from blisko.live.services.links import leave_photo
from blisko.live.tests.make import HALFWAY, START, LinkStory, a_fix, a_link
from blisko.planning.models import StartForecast
from blisko.planning.queries import slots_to_choose
from blisko.planning.rules.windows import FEWEST
from blisko.planning.services import assign_visit, hold_slot, unassign_visit
from blisko.visits.models import Confirmation, Photo, Visit
from blisko.visits.rules import CancelReason, DisputeReason, VisitState
from blisko.visits.services import (
    arrive,
    cancel_visit,
    confirm_later,
    confirm_service,
    finish,
    need_another,
    open_dispute,
    rate_visit,
    report_no_access,
    set_out,
    write_note,
)
from blisko.visits.tests.make import a_visit
from tests.looking import PLACE, routes

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
# What each field leaves in the bytes, and nothing else does.
MARKS = {
    "number": "V-0",
    "job": "Fibre repair",
    "window": 'class="times"',
    "choose_form": "When may we come?",
    "choose_until": "Please choose by",
    "likely": "Most probably",
    "calendar": "/visit.ics",
    "report": "/report?",
    "dispute": "the socket is still loose",
    "dispute_form": "/dispute?",
    "hotline": "+48 22 555 01 00",
    "address": "ulica Lipowa 5",
    "technician_name": "Xawery",
    "technician_photo": "/photo?",
    "technician_phone": "602300400",
    "home": "&quot;kind&quot;:&quot;home&quot;",
    "position": "52.015",
    "route": "19.22,52.015",
    "seen": "<seen-ago",
    "eta": "Our estimate: ",
    "delay": 'id="delay"',
    "delay_form": "I will wait",
    "stops_before": "visit before yours",
    "map_comes": "The map appears as soon",
    "arrived_at": "since 09:",
    "notes": "the intercom is broken",
    "note_form": 'id="note"',
    "photos": "the grey box",
    "photo_form": 'id="photos-file"',
    "notices_form": "Tell me here as well",
    "ended_at": "at 09:",
    "question": 'name="works"',
    "answer": "You answered",
    "later_question": 'name="still"',
    "later_answer": "yes, everything is still working",
    "trouble_form": "What does not work?",
    "rating_form": "/rating",
    "rating": "stars-shown",
    "outcome": "We could not get in",
    "follow_up": "What happens next",
    "cancel_reason": "It works again, you told us",
    "saved": "saves a drive",
    "move_form": "Another time",
    "cancel_form": "/cancel?",
    "again_form": "Book another visit",
    "waits": 'id="waiting"',
    "held": 'id="held"',
}
# Nobody's surname or number but the hotline's, no name of a key, no other customer nor where he lives, nobody's e-mail, nothing that was
# written for colleagues, no place of the technician before he set out, nor his home.
NEVER = (
    "Nieznany", "Wiśniewska", "601100200", "customer:", "user:", "Inny", "Cudza", "@example.com", "among ourselves", "52.03", "19.24",
    "51.87654", "19.98765",
)  # fmt: skip
Reader = Callable[[LinkStory], str]
LINK = "/v/<str:token>"
# What pages below the link read from their address.
WISHES = "?lang=en&reason=fixed_itself&gone=1&refused=1"
# What stands in the other places of their routes: a route with a place of a new kind needs a line here.
FILLS: dict[str, Callable[[LinkStory], int]] = {"photo_id": lambda story: Photo.objects.filter(visit=story.visit).latest("pk").pk}


def words_of(answer: HttpResponse) -> str:
    """Answer what is in the bytes of an answer: a paper's letters, a calendar's unfolded lines, a picture as it is."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    kind = answer.headers.get("Content-Type", "")
    if kind == "application/pdf":
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    if kind.startswith("image/"):
        return content.decode("latin-1")
    return content.decode().replace("\r\n ", "")


def reader(route: str, wishes: str = "") -> Reader:
    """Answer who asks for one address below the link."""

    def read(story: LinkStory) -> str:
        path = PLACE.sub(lambda place: story.token if place["name"] == "token" else str(FILLS[place["name"]](story)), route)
        return words_of(Client().get(path + wishes))

    return read


def readers(found: Iterable[str]) -> dict[str, Reader]:
    """Answer who asks for every address below the link, each bare and with wishes: a new route is walked by itself."""
    below = sorted(route for route in set(found) if "<str:token>" in route)
    return {f"{route.removeprefix(LINK)}{wishes}": reader(route, wishes) for route in below for wishes in ("", WISHES)}


READERS: dict[str, Reader] = {
    "page": reader(LINK),
    "page without a script": reader(f"{LINK}/", "?lang=en"),
    "fragment": reader(f"{LINK}/now"),
    **readers(routes()),
}


def disputed(happens: Callable[[LinkStory], None]) -> Callable[[LinkStory], None]:
    """Answer the scene after the customer has said that it was otherwise."""

    def say(story: LinkStory) -> None:
        happens(story)
        reason, words = DisputeReason.NOT_DONE, "the socket is still loose"
        open_dispute(story.visit.pk, reason, words, actor=story.link_actor(NOW), now=NOW)

    return say


def on_the_way(story: LinkStory) -> None:
    set_out(story.visit.pk, actor=story.technician_actor(), now=NOW - 5 * MINUTE)
    a_fix(story.technician, NOW - timedelta(seconds=20), HALFWAY)


def just_set_out(story: LinkStory) -> None:
    set_out(story.visit.pk, actor=story.technician_actor(), now=NOW - 5 * MINUTE)


def on_site(story: LinkStory) -> None:
    on_the_way(story)
    arrive(story.visit.pk, actor=story.technician_actor(), now=NOW - 2 * MINUTE)


def done(story: LinkStory) -> None:
    on_site(story)
    finish(story.visit.pk, actor=story.technician_actor(), now=NOW - MINUTE)


def answered(story: LinkStory, *, works: bool, stars: int | None = None) -> None:
    done(story)
    link = story.link_actor(NOW)
    confirm_service(story.visit.pk, works, asked="Does everything work?", language="en", actor=link, now=NOW)
    if stars:
        rate_visit(story.visit.pk, stars, actor=link, now=NOW, comment="quick and kind")


def days_after(story: LinkStory) -> None:
    """Let the visit have been done, and the customer have said "yes", four days ago."""
    answered(story, works=True)
    was = NOW - timedelta(days=4)
    Visit.objects.filter(pk=story.visit.pk).update(ended_at=was)
    Confirmation.objects.filter(visit=story.visit).update(at=was)


def still_works(story: LinkStory) -> None:
    days_after(story)
    confirm_later(story.visit.pk, True, asked="Is everything still working?", language="en", actor=story.link_actor(NOW), now=NOW)


def locked_out(story: LinkStory) -> None:
    on_site(story)
    report_no_access(story.visit.pk, actor=story.technician_actor(), now=NOW - MINUTE)


def unfinished(story: LinkStory) -> None:
    on_site(story)
    need_another(story.visit.pk, actor=story.technician_actor(), now=NOW - MINUTE, note="a part is missing")


def cancelled_in_time(story: LinkStory) -> None:
    before(story)
    cancel_visit(story.visit.pk, actor=story.link_actor(NOW), now=NOW - MINUTE, reason=CancelReason.FIXED_ITSELF)
    do_jobs()


def before(story: LinkStory) -> None:
    """Give the technician another visit before this one, at another customer's."""
    now, other = NOW - HOUR, a_customer(NOW - HOUR, name="Adam Inny")
    where = {"street": "ulica Cudza 9", "postcode": "99-300", "city": "Blisków", "lat": START[0], "lon": START[1]}
    others = add_site(other.pk, actor=SYSTEM, now=now, **where)
    begins = story.visit.window_from - 70 * MINUTE
    let_work(story.technician, begins, story.visit.window_from, now=NOW - HOUR)
    first = a_visit(NOW - HOUR, others, starts_in=begins - NOW + HOUR, hours=1)
    assign_visit(first.pk, story.technician.pk, actor=SYSTEM, now=NOW - HOUR)


def well_known(story: LinkStory) -> None:
    """Let recent days say how well starts are forecast, so that a narrower window than the promised one holds."""
    starts = story.visit.window_from.replace(minute=0)
    Visit.objects.filter(pk=story.visit.pk).update(window_from=starts, window_to=starts + 6 * HOUR)
    was = NOW - timedelta(days=1)
    for nr in range(FEWEST):
        visit = a_visit(NOW, story.visit.order.site, starts_in=timedelta(days=3, minutes=nr))
        Visit.objects.filter(pk=visit.pk).update(arrived_at=was)
        StartForecast.objects.create(visit=visit, made_at=was, low=was - 20 * MINUTE, middle=was, high=was + 20 * MINUTE)


def today(story: LinkStory) -> None:
    late_by(story, 30 * MINUTE)


def late_by(story: LinkStory, late: timedelta) -> None:
    end = story.visit.window_to + late
    assert tell_of_delay(story.visit.pk, Expected(end, end + MINUTE, end + 2 * MINUTE), now=NOW - 20 * MINUTE)


def late_on_the_way(story: LinkStory) -> None:
    late_by(story, 30 * MINUTE)
    on_the_way(story)


def choosing(happens: Callable[[LinkStory], None]) -> Callable[[LinkStory], None]:
    """Answer the scene with one of the free times held."""

    def hold(story: LinkStory) -> None:
        happens(story)
        actor, day = story.link_actor(NOW), NOW + timedelta(days=2)
        let_work(story.technician, day, day + 8 * HOUR, now=NOW)
        hold_slot(story.visit.pk, slots_to_choose(actor, story.visit.pk, now=NOW)[0].starts, actor=actor, now=NOW)

    return hold


def invited(story: LinkStory) -> None:
    """Let nothing have been promised yet: the customer is asked to choose within a week."""
    unassign_visit(story.visit.pk, actor=SYSTEM, now=NOW - HOUR)
    asked, until = NOW - HOUR, NOW + timedelta(days=7)
    Visit.objects.filter(pk=story.visit.pk).update(state=VisitState.INVITED, window_from=asked, window_to=until, choose_until=until)


def nothing(story: LinkStory) -> None:
    pass


SCENES: dict[str, tuple[Stage, timedelta, Callable[[LinkStory], None]]] = {
    "invited": (Stage.INVITED, timedelta(days=4), invited),
    "invited, choosing": (Stage.INVITED, timedelta(days=4), choosing(invited)),
    "booked": (Stage.BOOKED, timedelta(days=4), nothing),
    "booked, choosing": (Stage.BOOKED, timedelta(days=4), choosing(nothing)),
    "the day before": (Stage.DAY_BEFORE, timedelta(days=1), nothing),
    "the day before, choosing": (Stage.DAY_BEFORE, timedelta(days=1), choosing(nothing)),
    "the day before, well known": (Stage.DAY_BEFORE, timedelta(days=1), well_known),
    "today": (Stage.TODAY, HOUR, before),
    "today, well known": (Stage.TODAY, HOUR, well_known),
    "today, choosing": (Stage.TODAY, HOUR, choosing(nothing)),
    "today, late": (Stage.TODAY, HOUR, today),
    "just set out": (Stage.ON_THE_WAY, HOUR, just_set_out),
    "on the way": (Stage.ON_THE_WAY, HOUR, on_the_way),
    "on the way, choosing": (Stage.ON_THE_WAY, HOUR, choosing(on_the_way)),
    "on the way, late": (Stage.ON_THE_WAY, HOUR, late_on_the_way),
    "on site": (Stage.ON_SITE, HOUR, on_site),
    "done": (Stage.DONE, HOUR, done),
    "done, disputed": (Stage.DONE, HOUR, disputed(done)),
    "yes, disputed": (Stage.CLOSED, HOUR, disputed(lambda story: answered(story, works=True))),
    "yes": (Stage.CLOSED, HOUR, lambda story: answered(story, works=True)),
    "yes and stars": (Stage.CLOSED, HOUR, lambda story: answered(story, works=True, stars=5)),
    "yes, days ago": (Stage.CLOSED, HOUR, days_after),
    "yes, still": (Stage.CLOSED, HOUR, still_works),
    "no": (Stage.CLOSED, HOUR, lambda story: answered(story, works=False)),
    "no access": (Stage.CLOSED, HOUR, locked_out),
    "no access, choosing": (Stage.CLOSED, HOUR, choosing(locked_out)),
    "needs another": (Stage.CLOSED, HOUR, unfinished),
    "cancelled": (Stage.CANCELLED, timedelta(days=1), cancelled_in_time),
    "cancelled, choosing": (Stage.CANCELLED, timedelta(days=1), choosing(cancelled_in_time)),
}


def scenes_of(stage: Stage) -> list[str]:
    """Answer the names of the scenes that play in a stage."""
    return [name for name, (its, _, _) in SCENES.items() if its == stage]


def picture(colour: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(out, "PNG")
    return out.getvalue()


def photograph(technician: Technician, story: LinkStory) -> None:
    set_photo(technician.pk, picture("orange"), actor=story.technician_actor(), now=NOW)


def scene(settings: Settings, name: str, **rules: object) -> LinkStory:
    """Play a scene under a house's rules; it is `NOW` then."""
    settings.BLISKO_CLOCK = f"{NOW.isoformat()}@{time.time()}*1"
    CustomerRules.objects.update_or_create(pk=1, defaults={"gap": 10, **rules})
    stage, starts_in, happens = SCENES[name]
    story = a_link(NOW - HOUR, starts_in=starts_in + HOUR, name="Xawery Nieznany")
    photograph(story.technician, story)
    set_home(story.technician.pk, lat=51.87654, lon=19.98765, actor=SYSTEM, now=NOW - HOUR)
    a_fix(story.technician, NOW - 10 * MINUTE, START)
    write_note(story.visit.pk, "among ourselves: pays late", actor=SYSTEM, now=NOW - 40 * MINUTE)
    write_note(story.visit.pk, "the intercom is broken", actor=story.link_actor(NOW), now=NOW - 30 * MINUTE)
    leave_photo(story.visit.pk, picture(), actor=story.link_actor(NOW), now=NOW - 30 * MINUTE, caption="the grey box")
    happens(story)
    assert opened_by_link(story.token, now=NOW).stage == stage
    return story


def shown_in(words: str) -> set[str]:
    """Answer the fields whose marks are in the bytes."""
    return {field for field, mark in MARKS.items() if mark in words}


def told_in(story: LinkStory, words: str) -> set[str]:
    """Answer the fields that are in the bytes in any form: marked on a page, filled in a document, the technician's face itself."""
    told = shown_in(words)
    if re.match(r'\{"visit_id"', words):
        told |= {field for field, value in json.loads(words)["fields"].items() if value not in (None, [], "") and value is not False}
    with story.technician.__class__.objects.get(pk=story.technician.pk).photo.open("rb") as face:
        return told | ({"technician_photo"} if face.read().decode("latin-1") in words else set())
