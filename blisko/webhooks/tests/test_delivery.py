"""Whatever a receiver does, nothing is lost, each visit's order is kept, and the body is the visit as the API gives it."""

import ast
import io
import json
import re
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image
from pytest_django import Settings

from blisko.access.models import Key
from blisko.access.rules import SYSTEM
from blisko.access.services import issue_api_key, reveal_token, run_retention
from blisko.customers.tests.make import a_site
from blisko.kit.errors import WrongMoment
from blisko.kit.events import Event, handlers_of
from blisko.kit.tests.work import do_jobs
from blisko.live.tests.make import a_link
from blisko.planning.events import VisitAssigned, VisitReleased
from blisko.planning.services.assigning import release_all
from blisko.visits import events as visit_events
from blisko.visits.events import LowScoreGiven, VisitDone
from blisko.visits.rules import CancelReason, DisputeReason
from blisko.visits.services import (
    add_photo,
    answer_dispute,
    cancel_visit,
    change_visit,
    confirm_later,
    confirm_service,
    invite_customer,
    move_visit,
    open_dispute,
    rate_visit,
    report_no_access,
    set_out,
    turn_back,
    write_note,
)
from blisko.visits.tests.make import a_job_type
from blisko.webhooks import handlers
from blisko.webhooks.adapters.http import HttpReceivers
from blisko.webhooks.models import Call, VisitEvent
from blisko.webhooks.ports import Post
from blisko.webhooks.rules import AT_ONCE, PATIENCE
from blisko.webhooks.services import (
    ask_for_replay,
    begin_round,
    end_old_secrets,
    make_calls,
    pause_endpoint,
    replay_call,
    resume_endpoint,
    reveal_secret,
    rotate_secret,
    settle_round,
    skip_call,
)
from blisko.webhooks.tests.make import ADMIN, NOW, a_done_visit, an_endpoint, at, later
from blisko.webhooks.tests.receiver import Manner, Receiver, a_receiver, serving


def a_picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    return out.getvalue()


pytestmark = pytest.mark.django_db
STEPS = ["visit.booked", "visit.assigned", "visit.on_the_way", "visit.arrived", "visit.done"]


def verified(headers: dict[str, str], body: bytes, secret: str) -> bool:
    """Verify as the how-to's own snippet does, taken from the page itself."""
    page = (Path(__file__).resolve().parents[3] / "docs/how-to/webhooks.md").read_text()
    names: dict[str, object] = {}
    exec(re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0], names)
    found: bool = names["is_ours"](headers["Blisko-Signature"], body, secret, now=NOW.timestamp())  # type: ignore[operator]
    return found


def test_each_step_of_a_visit_is_told_signed_and_in_order(receiver: Receiver) -> None:
    endpoint = an_endpoint(receiver)
    story = a_done_visit()
    do_jobs()
    assert [told["type"] for told in receiver.taken] == STEPS
    assert receiver.order(story.visit.pk) == [1, 2, 3, 4, 5]
    secret = reveal_secret(endpoint.pk, actor=ADMIN, now=NOW)
    for headers, body in receiver.heard:
        assert verified(headers, body, secret)
        assert not verified(headers, body + b" ", secret)
        assert not verified(headers, body, secret + "x")
        told = json.loads(body)
        assert headers["Blisko-Event"] == told["type"]
        assert headers["Blisko-Event-Id"] == told["id"]
        assert headers["Content-Type"] == "application/json"
    assert not Call.objects.exclude(state="delivered").exists()


def test_invitation_is_told_and_then_the_booking_it_became(receiver: Receiver) -> None:
    an_endpoint(receiver)
    a_job_type()
    until, day = NOW + timedelta(days=3), NOW + timedelta(days=1)
    visit = invite_customer(actor=SYSTEM, now=NOW, site_id=a_site(NOW).pk, job_type="fibre-repair", choose_until=until)
    do_jobs()
    move_visit(visit.pk, window_from=day, window_to=day + timedelta(hours=2), actor=SYSTEM, now=NOW)
    do_jobs()
    assert [told["type"] for told in receiver.taken] == ["visit.invited", "visit.booked"]
    assert [bool(told["visit"]["choose_until"]) for told in receiver.taken] == [True, False]


def test_body_carries_the_visit_as_the_api_gives_it(receiver: Receiver) -> None:
    an_endpoint(receiver)
    story = a_done_visit()
    do_jobs()
    token = reveal_token(issue_api_key("app", ["visits.see_all"], actor=SYSTEM, now=NOW).pk)
    given = Client().get(f"/api/v1/visits/{story.visit.pk}", headers={"authorization": f"Bearer {token}"})
    assert receiver.taken[-1]["visit"] == given.json()


# Not told outside: others hear of it as a rating.
OWN = {LowScoreGiven}


def test_everything_that_happens_to_a_visit_has_a_handler() -> None:
    kinds = [each for each in vars(visit_events).values() if isinstance(each, type) and issubclass(each, Event) and each is not Event]
    assert VisitDone in kinds
    for kind in {*kinds, VisitAssigned, VisitReleased} - OWN:
        assert any(handlers.__name__ in name for name in handlers_of(kind)), f"nobody tells webhooks of {kind.__name__}"
    tree = ast.parse(Path(handlers.__file__).read_text())
    listeners = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)]
    assert all(ast.unparse(each.decorator_list[0]).endswith("one_by_one=VISIT)") for each in listeners), "each keeps the visit's order"


def test_the_other_events_carry_what_they_are_about(receiver: Receiver) -> None:
    an_endpoint(receiver)
    story = a_done_visit()
    link, pk = story.link_actor(NOW), story.visit.pk
    confirm_service(pk, False, asked="Does everything work?", language="en", actor=link, now=NOW)
    rate_visit(pk, 2, actor=link, now=NOW, comment="slow")
    other = a_link(NOW, name="Ewa Nowa")
    write_note(other.visit.pk, "ring twice", actor=other.link_actor(NOW), now=NOW)
    add_photo(other.visit.pk, a_picture(), actor=other.link_actor(NOW), now=NOW)
    change_visit(other.visit.pk, must=True, actor=SYSTEM, now=NOW)
    day = NOW + timedelta(days=1)
    set_out(other.visit.pk, actor=other.technician_actor(), now=NOW)
    turn_back(other.visit.pk, actor=other.technician_actor(), now=NOW)
    release_all(other.visit.pk, actor=SYSTEM, now=NOW)
    move_visit(other.visit.pk, window_from=day, window_to=day + timedelta(hours=2), actor=SYSTEM, now=NOW)
    cancel_visit(other.visit.pk, actor=other.link_actor(NOW), now=NOW, reason=CancelReason.FIXED_ITSELF)
    fourth = a_done_visit()
    confirm_service(fourth.visit.pk, True, asked="Does everything work?", language="en", actor=fourth.link_actor(NOW), now=NOW)
    confirm_later(fourth.visit.pk, True, asked="Still?", language="en", actor=fourth.link_actor(NOW), now=NOW)
    dispute = open_dispute(fourth.visit.pk, DisputeReason.TIMES, "an hour late", actor=fourth.link_actor(NOW), now=NOW)
    answer_dispute(dispute.pk, accepted=False, answer="five minutes", actor=SYSTEM, now=NOW)
    third = a_link(NOW, name="Olga Stara")
    set_out(third.visit.pk, actor=third.technician_actor(), now=NOW)
    report_no_access(third.visit.pk, actor=third.technician_actor(), now=NOW, note="nobody")
    do_jobs()
    data = {told["type"]: told["data"] for told in receiver.taken}
    assert data["visit.confirmed"] == {"works": False}
    assert data["visit.rated"] == {"rating": 2, "comment": "slow"}
    assert data["visit.follow_up_asked"]["request_id"]
    assert data["visit.confirmed_later"] == {"works": True}
    assert data["visit.dispute_opened"] == {"dispute_id": dispute.pk, "reason": "times", "text": "an hour late"}
    assert data["visit.dispute_answered"] == {"dispute_id": dispute.pk, "accepted": False, "answer": "five minutes"}
    assert data["visit.note_written"]["text"] == "ring twice"
    assert data["visit.photo_added"]["photo_id"]
    assert data["visit.moved"]["was_from"] == "2026-11-24T08:42:00Z"
    assert data["visit.cancelled"] == {"reason": "fixed_itself", "by_customer": True}
    assert data["visit.no_access"] == {"why": "nobody"}
    assert {"visit.turned_back", "visit.changed", "visit.released"} <= data.keys()
    assert receiver.order(other.visit.pk) == sorted(receiver.order(other.visit.pk))


def test_handler_that_runs_twice_tells_once(receiver: Receiver) -> None:
    an_endpoint(receiver)
    story = a_link(NOW)
    do_jobs()
    for _ in range(2):
        handlers.tell_of_end(VisitDone(story.visit.pk, NOW))
    assert VisitEvent.objects.filter(type="visit.done").count() == 1


def test_without_an_endpoint_nothing_is_kept() -> None:
    a_done_visit()
    do_jobs()
    assert not VisitEvent.objects.exists()


@pytest.mark.parametrize("manner", [500, 404, 301, 429, "hang", "garbage", "close", "drip"])
def test_receiver_that_is_slow_or_wrong_loses_nothing(receiver: Receiver, settings: Settings, manner: Manner) -> None:
    endpoint = an_endpoint(receiver)
    receiver.manner = manner
    receiver.headers = {"Location": receiver.url + "&redirected"} if manner == 301 else {}
    began = time.monotonic()
    story = a_done_visit()
    do_jobs()
    assert time.monotonic() - began < 5, "a receiver that hangs holds nobody up"
    assert not receiver.taken
    assert [json.loads(body)["sequence"] for _, body in receiver.heard] == [1], "later ones wait behind the first"
    endpoint.refresh_from_db()
    assert endpoint.last_error
    receiver.manner = 200
    later(settings, timedelta(minutes=1))
    assert receiver.order(story.visit.pk) == [1, 2, 3, 4, 5]
    assert receiver.heard[1][0]["Blisko-Attempt"] == "2"
    assert receiver.heard[0][1] == receiver.heard[1][1], "told again to the byte, under the same id"


def test_receiver_that_is_down_gets_everything_when_it_is_back(settings: Settings) -> None:
    receiver = a_receiver()
    an_endpoint(receiver)
    stories = [a_done_visit() for _ in range(1)] + [a_link(NOW, name=f"Jan {n}") for n in range(AT_ONCE + 3)]
    do_jobs()
    for minutes in (1, 2, 4, 8, 30, 90, 60 * 24 * 3):
        later(settings, timedelta(minutes=minutes))
    assert Call.objects.filter(state="waiting").count() == VisitEvent.objects.count() == 5 + 2 * (AT_ONCE + 3)
    with serving(receiver):
        later(settings, timedelta(days=3, hours=2))
        later(settings, timedelta(days=3, hours=4))
    assert not Call.objects.filter(state="waiting").exists()
    for story in stories:
        order = receiver.order(story.visit.pk)
        assert order == list(range(1, len(order) + 1))
    assert len({told["id"] for told in receiver.taken}) == VisitEvent.objects.count()


def test_dead_receiver_is_asked_with_one_message_at_a_time(settings: Settings) -> None:
    endpoint = an_endpoint(a_receiver())
    for n in range(AT_ONCE + 4):
        a_link(NOW, name=f"Jan {n}", assigned=False)
    do_jobs()
    for n in range(PATIENCE):
        later(settings, timedelta(minutes=10 * (n + 1)))
    before = sum(Call.objects.values_list("attempts", flat=True))
    later(settings, timedelta(hours=9))
    assert sum(Call.objects.values_list("attempts", flat=True)) == before + 1
    endpoint.refresh_from_db()
    assert endpoint.rests_until is not None


def test_one_visit_that_is_refused_holds_up_no_other(receiver: Receiver, settings: Settings) -> None:
    an_endpoint(receiver)
    bad, good = a_link(NOW), a_link(NOW, name="Ewa Nowa")
    receiver.manner_of[bad.visit.pk] = 400
    do_jobs()
    assert receiver.order(good.visit.pk) == [1, 2]
    for minutes in (1, 5, 20):
        later(settings, timedelta(minutes=minutes))
    assert receiver.order(bad.visit.pk) == []
    assert {json.loads(body)["sequence"] for _, body in receiver.heard if json.loads(body)["visit_id"] == bad.visit.pk} == {1}


def test_person_skips_what_will_never_be_taken_and_the_rest_goes(receiver: Receiver) -> None:
    an_endpoint(receiver)
    story = a_link(NOW)
    receiver.manner = 400
    do_jobs()
    receiver.manner = 200
    first = Call.objects.get(sequence=1)
    skip_call(first.pk, actor=ADMIN, now=NOW)
    with pytest.raises(WrongMoment):
        skip_call(first.pk, actor=ADMIN, now=NOW)
    do_jobs()
    assert receiver.order(story.visit.pk) == [2]
    replay_call(first.pk, actor=ADMIN, now=NOW)
    do_jobs()
    assert [told["sequence"] for told in receiver.taken] == [2, 1]


def test_waiting_message_can_be_sent_now(receiver: Receiver) -> None:
    an_endpoint(receiver)
    receiver.manner = 500
    a_link(NOW, assigned=False)
    do_jobs()
    receiver.manner = 200
    replay_call(Call.objects.get().pk, actor=ADMIN, now=NOW)
    do_jobs()
    assert Call.objects.get().state == "delivered"


def test_paused_endpoint_is_told_later(receiver: Receiver) -> None:
    endpoint = an_endpoint(receiver)
    pause_endpoint(endpoint.pk, actor=ADMIN, now=NOW)
    story = a_done_visit()
    do_jobs()
    assert not receiver.heard
    resume_endpoint(endpoint.pk, actor=ADMIN, now=NOW)
    do_jobs()
    assert receiver.order(story.visit.pk) == [1, 2, 3, 4, 5]


def test_all_since_a_time_is_told_again_in_order_to_new_endpoints_too(receiver: Receiver) -> None:
    endpoint = an_endpoint(receiver)
    story = a_done_visit()
    do_jobs()
    receiver.taken.clear()
    assert ask_for_replay(endpoint.pk, NOW + timedelta(seconds=2), actor=ADMIN, now=NOW + timedelta(hours=1)) == 2
    do_jobs()
    assert [told["sequence"] for told in receiver.taken] == [4, 5]
    with serving(a_receiver()) as another:
        added = an_endpoint(another)
        ask_for_replay(added.pk, NOW - timedelta(days=1), actor=ADMIN, now=NOW + timedelta(hours=1))
        do_jobs()
        assert another.order(story.visit.pk) == [1, 2, 3, 4, 5]


def test_only_the_events_asked_for_are_told(receiver: Receiver) -> None:
    an_endpoint(receiver, ["visit.done"])
    a_done_visit()
    do_jobs()
    assert [told["type"] for told in receiver.taken] == ["visit.done"]
    assert receiver.taken[0]["sequence"] == 5


def test_two_secrets_sign_while_one_is_changed_for_the_other(receiver: Receiver, settings: Settings) -> None:
    endpoint = an_endpoint(receiver)
    old = reveal_secret(endpoint.pk, actor=ADMIN, now=NOW)
    rotate_secret(endpoint.pk, actor=ADMIN, now=NOW)
    new = reveal_secret(endpoint.pk, actor=ADMIN, now=NOW)
    a_link(NOW, assigned=False)
    do_jobs()
    assert verified(*receiver.heard[-1], old)
    assert verified(*receiver.heard[-1], new)
    end_old_secrets(endpoint.pk, actor=ADMIN, now=NOW)
    a_link(NOW, name="Ewa Nowa", assigned=False)
    do_jobs()
    assert not verified(*receiver.heard[-1], old)
    assert verified(*receiver.heard[-1], new)
    assert new not in str(list(Key.objects.values_list("holder", "opens", "label", "token_hash", "nonce")))


def test_lost_secret_is_told_and_nothing_goes_out_unsigned(receiver: Receiver, settings: Settings) -> None:
    endpoint = an_endpoint(receiver)
    settings.SECRET_KEY = "another"
    a_link(NOW, assigned=False)
    do_jobs()
    assert not receiver.heard
    endpoint.refresh_from_db()
    assert "secret is lost" in endpoint.last_error
    rotate_secret(endpoint.pk, actor=ADMIN, now=NOW)
    end_old_secrets(endpoint.pk, actor=ADMIN, now=NOW)
    later(settings, timedelta(minutes=5))
    assert len(receiver.taken) == 1


def test_round_whose_process_died_is_made_again(receiver: Receiver, settings: Settings) -> None:
    endpoint = an_endpoint(receiver)
    receiver.manner = 500
    a_link(NOW, assigned=False)
    do_jobs()
    receiver.manner = 200
    moment = at(settings, NOW + timedelta(minutes=1))
    begun = begin_round(endpoint.pk, now=moment)
    assert begun is not None
    assert begin_round(endpoint.pk, now=moment) is None, "claimed"
    later(settings, timedelta(minutes=3))
    assert Call.objects.get().state == "delivered"
    settle_round(begun, make_calls(begun), now=moment)
    assert Call.objects.get().state == "delivered", "the dead one's word comes too late and changes nothing"


def test_long_answer_is_cut_and_kept_for_a_person(receiver: Receiver) -> None:
    an_endpoint(receiver)
    receiver.manner = "huge"
    a_link(NOW, assigned=False)
    do_jobs()
    call = Call.objects.get()
    assert call.state == "delivered"
    assert len(call.last_said) == 4096


def test_retention_takes_what_was_taken_and_leaves_what_waits(receiver: Receiver) -> None:
    an_endpoint(receiver)
    a_link(NOW, assigned=False)
    do_jobs()
    receiver.manner = 500
    a_link(NOW, name="Ewa Nowa", assigned=False)
    do_jobs()
    run_retention(now=NOW + timedelta(days=31))
    assert [call.state for call in Call.objects.all()] == ["waiting"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "127.1"])
def test_private_network_is_not_called_unless_allowed(receiver: Receiver, host: str) -> None:
    url = f"http://{host}:{receiver.port}/"
    [reply] = HttpReceivers(timeout=0.5, private=False).post([Post(url, {}, b'{"visit_id": 1}')])
    assert not reply.taken
    assert "private network" in reply.why
    assert not receiver.heard


def test_unknown_host_and_spoilt_address_are_told() -> None:
    replies = HttpReceivers(timeout=1).post([Post("https://no-such-host.invalid/", {}, b"{}"), Post("https://[", {}, b"{}")])
    assert [reply.taken for reply in replies] == [False, False]
    assert all(reply.why for reply in replies)
