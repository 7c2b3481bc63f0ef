"""A technician asks for help: it is heard, answered or told to more people in time, and seen by nobody else (F12)."""

import hashlib
import random
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blisko.access.errors import Forbidden, TooFast
from blisko.access.rules import SYSTEM, Actor
from blisko.access.services import give_key, run_retention
from blisko.accounts.models import User
from blisko.accounts.services import add_user
from blisko.accounts.tests.make import an_actor
from blisko.customers.models import TimelineEntry
from blisko.kit.errors import WrongMoment
from blisko.kit.phones import BadContact
from blisko.kit.tests.at_once import AtOnce
from blisko.kit.tests.told import events_told
from blisko.kit.tests.work import do_jobs
from blisko.live.errors import NoSuchHelp, NothingSaid
from blisko.live.events import HelpAsked, HelpEscalated
from blisko.live.models import HelpDuty, HelpMessage, HelpRules, HelpThread, Operation
from blisko.live.queries.help import closed_help, help_for, help_photo_for, help_waiting, own_help
from blisko.live.rules.help import HelpSaid, HelpState
from blisko.live.rules.operations import OperationState
from blisko.live.services.help import (
    LINES_AN_HOUR,
    answer_help,
    ask_for_help,
    change_help_rules,
    close_help,
    end_help_duty,
    escalate_help,
    note_help_call,
    set_help_duty,
    show_for_help,
    take_help,
)
from blisko.live.services.help_telling import tell_of_help
from blisko.live.services.operations import apply_aside
from blisko.live.services.uploads import take_piece
from blisko.live.tests.test_operations import NOW, a_day, send, told
from blisko.messaging.models import Delivery
from blisko.planning.services import assign_visit, unassign_visit
from blisko.visits.errors import BadPicture, NoSuchVisit
from blisko.visits.models import JobType, Visit, WorkOrder
from blisko.visits.tests.make import a_job_type, a_link_to
from blisko.visits.tests.test_photos import picture

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db
ALL_DAYS = [1, 2, 3, 4, 5, 6, 7]


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def asked(actor: Actor, visit: Visit, text: str = "No signal", at: datetime = NOW) -> HelpThread:
    return ask_for_help(visit.pk, text=text, actor=actor, now=at, heard=at).thread


def a_desk(name: str = "danuta", roles: tuple[str, ...] = ("dispatcher",)) -> Actor:
    user = add_user(actor=SYSTEM, now=NOW, email=f"{name}@example.com", name=name.title(), roles=roles, language="pl")
    return an_actor(roles[0], f"user:{user.pk}") if roles else an_actor("customer", f"user:{user.pk}")


def on_duty(person: Actor, *, job_type: JobType | None = None, phone: str = "+48 600 100 200") -> HelpDuty:
    wanted = HelpDuty(person_id=int(person.id[5:]), job_type=job_type, phone=phone, days=ALL_DAYS, starts=time(0), ends=time(0))
    return set_help_duty(wanted, actor=SYSTEM, now=NOW)


def now_of(thread: HelpThread) -> HelpThread:
    return HelpThread.objects.get(pk=thread.pk)


def told_to() -> list[tuple[str, str, str]]:
    return list(Delivery.objects.filter(code="help_waits").order_by("pk").values_list("channel", "address", "language"))


def test_message_opens_a_thread_that_waits_from_when_we_heard_of_it() -> None:
    who, actor, [visit] = a_day()
    heard = NOW + 90 * MINUTE
    message = ask_for_help(visit.pk, text=" No signal ", actor=actor, now=NOW, heard=heard)
    thread = now_of(message.thread)
    assert (thread.state, thread.technician_id, thread.step) == (HelpState.OPEN, who.pk, 0)
    assert (thread.opened_at, thread.heard_at, thread.due_at) == (heard, heard, heard + 5 * MINUTE)
    assert (message.text, message.at, message.heard_at, message.by_technician) == ("No signal", NOW, heard, True)
    assert events_told(HelpAsked) == [HelpAsked(thread.pk, visit.pk, heard)]
    later = ask_for_help(visit.pk, text="Still none", actor=actor, now=heard + MINUTE, heard=heard + MINUTE)
    assert later.thread_id == thread.pk
    assert now_of(thread).due_at == heard + 5 * MINUTE  # asking again gives nobody more time
    assert len(events_told(HelpAsked)) == 1


def test_only_whose_visit_it_is_asks_and_sees_and_the_customer_never() -> None:
    _, actor, [visit] = a_day()
    asked(actor, visit)
    colleague, stranger, _ = a_day()
    with pytest.raises(NoSuchVisit):
        asked(stranger, visit)
    with pytest.raises(NoSuchVisit):
        own_help(stranger, visit.pk, now=NOW)
    customer = a_link_to(visit, NOW)
    for no in (customer, an_actor("agent"), an_actor("dispatcher")):
        with pytest.raises(Forbidden):
            asked(no, visit)
        with pytest.raises(Forbidden):
            own_help(no, visit.pk, now=NOW)
    for no in (customer, stranger, an_actor("agent")):
        with pytest.raises(Forbidden):
            help_for(no, now=NOW)
        assert help_waiting(no, now=NOW) == []
        assert closed_help(no) == []
    unassign_visit(visit.pk, actor=SYSTEM, now=NOW)
    assign_visit(visit.pk, colleague.pk, actor=SYSTEM, now=NOW)
    assert [line.message.text for line in own_help(stranger, visit.pk, now=NOW).lines] == ["No signal"]
    with pytest.raises(NoSuchVisit):
        own_help(actor, visit.pk, now=NOW)
    thread = asked(stranger, visit, "I go on")
    assert now_of(thread).technician_id == colleague.pk
    assert HelpThread.objects.count() == 1


def test_nothing_of_help_is_told_to_the_customer() -> None:
    _, actor, [visit] = a_day()
    on_duty(a_desk())
    do_jobs()
    before = TimelineEntry.objects.count(), Delivery.objects.exclude(code="help_waits").count()
    asked(actor, visit)
    show_for_help(visit.pk, content=picture(3), caption="The box", actor=actor, now=NOW, heard=NOW)
    escalate_help(now=NOW + 60 * MINUTE)
    do_jobs()
    assert (TimelineEntry.objects.count(), Delivery.objects.exclude(code="help_waits").count()) == before
    assert not visit.notes.exists()
    assert Delivery.objects.filter(code="help_waits").exists()


def test_unanswered_help_escalates_exactly_on_time_and_each_step_once() -> None:
    _, actor, [visit] = a_day()
    thread = asked(actor, visit)
    second = timedelta(seconds=1)
    looks = (timedelta(0), 5 * MINUTE - second, 5 * MINUTE, 5 * MINUTE, 10 * MINUTE - second, 10 * MINUTE, 10 * MINUTE, 600 * MINUTE)
    steps = [escalate_help(now=NOW + look) for look in looks]
    assert steps == [0, 0, 1, 0, 0, 1, 0, 0]
    thread = now_of(thread)
    assert (thread.state, thread.step, thread.due_at) == (HelpState.ESCALATED, 2, None)
    assert [(one.step, one.at) for one in events_told(HelpEscalated)] == [(1, NOW + 5 * MINUTE), (2, NOW + 10 * MINUTE)]


@settings(max_examples=30)
@given(
    minutes=st.tuples(st.integers(1, 30), st.integers(1, 30)),
    looks=st.lists(st.integers(0, 90 * 60), min_size=1, max_size=12),
    answered=st.integers(1, 90 * 60),
)
def test_whenever_it_is_looked_every_step_is_taken_once_and_never_too_early(
    minutes: tuple[int, int], looks: list[int], answered: int
) -> None:
    _, actor, [visit] = a_day()
    wanted = HelpRules(answer_minutes=minutes[0], next_minutes=minutes[1])
    change_help_rules(wanted, actor=SYSTEM, now=NOW)
    thread = asked(actor, visit)
    answer, after = 60 * minutes[0], 60 * sum(minutes)
    done = False
    for look in sorted(looks):
        if look >= answered and not done:
            answer_help(thread.pk, "Try port 3", actor=SYSTEM, now=NOW + timedelta(seconds=answered))
            done = True
        escalate_help(now=NOW + timedelta(seconds=look))
        seen = [one for one in sorted(looks) if one <= look and one < answered]
        until = max(seen, default=0)
        assert now_of(thread).step == (until >= answer) + (until >= after)
    kept = [one.step for one in events_told(HelpEscalated) if one.thread_id == thread.pk]
    assert kept == list(range(1, now_of(thread).step + 1))


def test_time_runs_from_when_we_heard_of_it_and_not_from_the_telephones_time() -> None:
    _, actor, [visit] = a_day()
    send(actor, uuid4(), [told(1, visit, "help", minute=-120, text="Written in a cellar")], minute=60)
    thread = HelpThread.objects.get()
    heard = NOW + 60 * MINUTE
    assert (thread.heard_at, thread.due_at) == (heard, heard + 5 * MINUTE)
    assert thread.messages.get().at == NOW - 120 * MINUTE
    assert own_help(actor, visit.pk, now=heard).lines[0].late
    assert escalate_help(now=heard + 4 * MINUTE) == 0


def test_two_workers_at_once_escalate_once(at_once: AtOnce) -> None:
    _, actor, [visit] = a_day()
    thread = asked(actor, visit)
    answers = at_once(*[lambda: escalate_help(now=NOW + 6 * MINUTE)] * 3)
    assert sorted(map(str, answers)) == ["0", "0", "1"]
    assert now_of(thread).step == 1


def test_two_of_a_crew_who_write_at_once_open_one_thread(at_once: AtOnce) -> None:
    for nr in range(1, 6):
        (_, one, [visit]), (_, other, _) = a_day(), a_day()
        give_key(other.id, f"visit:{visit.pk}", by=SYSTEM, now=NOW)
        answers = at_once(partial(asked, one, visit), partial(asked, other, visit))
        assert [repr(each) for each in answers if isinstance(each, Exception)] == []
        assert (HelpThread.objects.count(), HelpMessage.objects.count()) == (nr, 2 * nr)


def test_answered_help_is_told_to_nobody_more_and_asking_again_begins_anew() -> None:
    _, actor, [visit] = a_day()
    desk = a_desk()
    thread = asked(actor, visit)
    escalate_help(now=NOW + 5 * MINUTE)
    take_help(thread.pk, actor=desk, now=NOW + 6 * MINUTE)
    assert (now_of(thread).state, now_of(thread).taken_by) == (HelpState.TAKEN, desk.id)
    assert escalate_help(now=NOW + 10 * MINUTE) == 1  # taken is not answered
    answer_help(thread.pk, "Port 3", actor=desk, now=NOW + 11 * MINUTE)
    assert (now_of(thread).state, now_of(thread).due_at) == (HelpState.ANSWERED, None)
    assert escalate_help(now=NOW + 60 * MINUTE) == 0
    with pytest.raises(WrongMoment):
        take_help(thread.pk, actor=desk, now=NOW + 61 * MINUTE)
    again = NOW + 70 * MINUTE
    asked(actor, visit, "Port 3 is dead", at=again)
    assert (now_of(thread).state, now_of(thread).step, now_of(thread).due_at) == (HelpState.OPEN, 0, again + 5 * MINUTE)
    assert len(events_told(HelpAsked)) == 2
    with pytest.raises(NothingSaid):
        answer_help(thread.pk, "  ", actor=desk, now=again)
    with pytest.raises(NothingSaid):
        close_help(thread.pk, " ", actor=desk, now=again)
    close_help(thread.pk, "A dead port", actor=desk, now=again)
    assert [(one.matter, one.state) for one in closed_help(desk)] == [("A dead port", HelpState.CLOSED)]
    with pytest.raises(WrongMoment):
        answer_help(thread.pk, "Late", actor=desk, now=again)
    fresh = asked(actor, visit, "Something else", at=again + MINUTE)
    assert fresh.pk != thread.pk
    assert len(own_help(actor, visit.pk, now=again).lines) == 4  # all that was said on the visit


def test_call_is_seen_at_once_and_what_became_of_it() -> None:
    _, actor, [visit] = a_day()
    desk = a_desk()
    for outcome, state, seen in (("rang", "open", "rang"), ("missed", "open", "missed"), ("spoke", "answered", "spoke")):
        note_help_call(visit.pk, outcome=HelpSaid(outcome), actor=actor, now=NOW, heard=NOW)
        [card] = help_for(desk, now=NOW)
        assert (card.thread.state, card.call) == (state, seen)
        assert own_help(actor, visit.pk, now=NOW).rang == (outcome == "rang")
    assert help_waiting(desk, now=NOW) == []
    note_help_call(visit.pk, outcome=HelpSaid.SPOKE, actor=actor, now=NOW, heard=NOW)  # twice tells nothing new
    note_help_call(visit.pk, outcome=HelpSaid.RANG, actor=actor, now=NOW, heard=NOW + MINUTE)
    [card] = help_waiting(desk, now=NOW)
    assert card.thread.due_at == NOW + 6 * MINUTE
    answer_help(card.thread.pk, "", spoke=True, actor=desk, now=NOW + 2 * MINUTE)
    [card] = help_for(desk, now=NOW)
    assert (card.thread.state, card.call, card.said_last.said) == (HelpState.ANSWERED, "", HelpSaid.SPOKE)


def test_whoever_is_on_duty_rings_else_dispatch() -> None:
    _, actor, [visit] = a_day()
    found = own_help(actor, visit.pk, now=NOW)
    assert (found.name, found.phone, found.thread, found.waits) == ("", "+48225550100", None, False)
    change_help_rules(HelpRules(phone="22 555 02 00"), actor=SYSTEM, now=NOW)
    assert own_help(actor, visit.pk, now=NOW).phone == "+48225550200"
    on_duty(a_desk("every"), phone="+48 600 100 201")
    on_duty(a_desk("fibre"), phone="+48 600 100 202", job_type=visit.order.job_type)
    on_duty(a_desk("copper"), phone="+48 600 100 203", job_type=a_job_type("copper"))
    found = own_help(actor, visit.pk, now=NOW)
    assert (found.name, found.phone) == ("Fibre", "+48600100202")
    User.objects.filter(name="Fibre").update(is_active=False)
    assert own_help(actor, visit.pk, now=NOW).name == "Every"


def test_who_is_on_duty_gets_a_message_then_dispatchers_then_whoever_stands_above() -> None:
    _, actor, [visit] = a_day()
    expert = a_desk("expert", roles=())
    on_duty(expert, job_type=visit.order.job_type)
    a_desk()
    change_help_rules(HelpRules(last_phone="+48 600 900 900", last_email="boss@example.com"), actor=SYSTEM, now=NOW)
    do_jobs()
    thread = asked(actor, visit)
    do_jobs()
    assert told_to() == [("sms", "+48600100200", "pl")]
    [sms] = Delivery.objects.filter(code="help_waits")
    assert "/help/" in sms.body and visit.order.site.street in sms.body and sms.parts == 1
    escalate_help(now=NOW + 5 * MINUTE)
    do_jobs()
    assert told_to()[1:] == [("email", "danuta@example.com", "pl")]
    escalate_help(now=NOW + 10 * MINUTE)
    do_jobs()
    assert [(channel, address) for channel, address, _ in told_to()[2:]] == [("sms", "+48600900900"), ("email", "boss@example.com")]
    assert [tell_of_help(thread.pk, step, now=NOW) for step in (0, 1, 2)] == [1, 1, 2]
    assert len(told_to()) == 4  # a job that runs twice tells once
    answer_help(thread.pk, "Port 3", actor=expert, now=NOW + 11 * MINUTE)
    assert tell_of_help(thread.pk, 1, now=NOW + 11 * MINUTE) == 0
    HelpRules.objects.all().delete()
    asked(actor, visit, "Again", at=NOW + 12 * MINUTE)
    assert tell_of_help(thread.pk, 2, now=NOW + 12 * MINUTE) == 0  # nobody is named


def test_expert_answers_what_he_is_on_duty_for_and_what_he_has_begun_and_nothing_else() -> None:
    _, actor, [visit] = a_day()
    _, other, [copper] = a_day()
    expert, desk = a_desk("expert", roles=()), a_desk()
    WorkOrder.objects.filter(pk=copper.order_id).update(job_type=a_job_type("copper"))
    mine, theirs = asked(actor, visit), asked(other, copper)
    with pytest.raises(Forbidden):
        help_for(expert, now=NOW)
    duty = on_duty(expert, job_type=visit.order.job_type)
    assert [card.thread.pk for card in help_for(expert, now=NOW)] == [mine.pk]
    assert {card.thread.pk: card.concerns for card in help_for(desk, now=NOW)} == {mine.pk: False, theirs.pk: True}
    with pytest.raises(NoSuchHelp):
        answer_help(theirs.pk, "Me", actor=expert, now=NOW)
    take_help(mine.pk, actor=expert, now=NOW)
    end_help_duty(duty.pk, actor=SYSTEM, now=NOW)
    end_help_duty(duty.pk, actor=SYSTEM, now=NOW)  # twice is once
    assert [card.thread.pk for card in help_waiting(expert, now=NOW)] == [mine.pk]
    answer_help(mine.pk, "Port 3", actor=expert, now=NOW)
    with pytest.raises(NoSuchHelp):
        answer_help(0, "Nothing", actor=desk, now=NOW)
    escalate_help(now=NOW + 5 * MINUTE)
    [card] = help_waiting(desk, now=NOW)
    assert (card.thread.pk, card.concerns) == (theirs.pk, True)


def test_what_was_said_before_they_spoke_and_arrives_after_rouses_nobody() -> None:
    _, actor, [visit] = a_day()
    desk = a_desk()
    thread = asked(actor, visit)
    note_help_call(visit.pk, outcome=HelpSaid.SPOKE, actor=actor, now=NOW + 6 * MINUTE, heard=NOW + 7 * MINUTE)
    late = {"actor": actor, "now": NOW + 5 * MINUTE, "heard": NOW + 9 * MINUTE}
    show_for_help(visit.pk, content=picture(6), caption="", **late)
    assert now_of(thread).state == HelpState.ANSWERED
    assert escalate_help(now=NOW + 60 * MINUTE) == 0
    close_help(thread.pk, "A port", actor=desk, now=NOW + 10 * MINUTE)
    ask_for_help(visit.pk, text="The photo is coming", **late)
    assert HelpThread.objects.get().messages.count() == 4  # and no other thread is begun for it
    asked(actor, visit, "Again", NOW + 11 * MINUTE)
    assert HelpThread.objects.exclude(pk=thread.pk).get().state == HelpState.OPEN


def test_asked_again_it_sounds_for_everybody_not_only_for_whoever_answered_last() -> None:
    _, actor, [visit] = a_day()
    danuta, ewa = a_desk(), a_desk("ewa")
    thread = asked(actor, visit)
    answer_help(thread.pk, "Port 3", actor=danuta, now=NOW + MINUTE)
    asked(actor, visit, "No", NOW + 60 * MINUTE)
    for desk in (danuta, ewa):
        [card] = help_waiting(desk, now=NOW + 60 * MINUTE)
        assert card.concerns


def test_bell_sounds_anew_with_every_line_and_every_step() -> None:
    _, actor, [visit] = a_day()
    desk, tunes = a_desk(), []
    thread = asked(actor, visit)
    for change in (
        lambda: None,
        lambda: asked(actor, visit, "Hello?"),
        lambda: escalate_help(now=NOW + 5 * MINUTE),
        lambda: take_help(thread.pk, actor=desk, now=NOW),
    ):
        change()
        tunes += [card.tune for card in help_waiting(desk, now=NOW)]
    assert len(set(tunes)) == 3 and tunes[2] == tunes[3]  # taking it is no reason to ring


def test_help_overtakes_a_gap_and_all_before_it_still_take_effect_in_order() -> None:
    _, actor, [visit] = a_day()
    queue = uuid4()
    rows = send(actor, queue, [told(2, visit, "note", 2, text="two"), told(4, visit, "help", 4, text="Help")])
    assert [row.state for row in rows] == ["waiting", "applied"]
    assert HelpThread.objects.get().state == HelpState.OPEN
    assert not visit.notes.exists()
    send(actor, queue, [told(nr, visit, "note", nr, text=text) for nr, text in ((3, "three"), (1, "one"), (5, "five"))])
    assert list(visit.notes.order_by("at").values_list("text", flat=True)) == ["one", "two", "three", "five"]
    assert not Operation.objects.exclude(state=OperationState.APPLIED).exists()


@settings(max_examples=30)
@given(
    kinds=st.lists(st.sampled_from(["note", "note", "help", "help_call"]), min_size=1, max_size=12),
    dice=st.randoms(use_true_random=False),
)
def test_however_they_arrive_help_takes_effect_on_arrival_and_the_rest_in_order(kinds: list[str], dice: random.Random) -> None:
    _, actor, [visit] = a_day()
    more = {"help_call": {"outcome": "rang"}}
    done = [told(nr, visit, kind, nr, **more.get(kind, {"text": str(nr)})) for nr, kind in enumerate(kinds, 1)]
    sent = [*done, *dice.choices(done, k=len(done) // 2)]
    dice.shuffle(sent)
    queue, heard = uuid4(), set()
    while sent:
        some = [sent.pop() for _ in range(min(len(sent), dice.randint(1, 4)))]
        send(actor, queue, some)
        heard |= {one.number for one in some if one.kind != "note"}
        assert HelpMessage.objects.filter(thread__visit=visit).count() == len(heard)
    assert list(visit.notes.order_by("at").values_list("text", flat=True)) == [
        str(nr) for nr, kind in enumerate(kinds, 1) if kind == "note"
    ]
    assert not Operation.objects.filter(queue_id=queue).exclude(state=OperationState.APPLIED).exists()


def test_help_on_a_visit_that_is_no_longer_his_waits_for_a_dispatcher_and_is_asked_in_his_name() -> None:
    who, actor, [visit] = a_day()
    unassign_visit(visit.pk, actor=SYSTEM, now=NOW)
    [row] = send(actor, uuid4(), [told(1, visit, "help", text="Which box?")])
    assert (row.state, row.reason) == ("aside", "not-found")
    desk = a_desk()
    apply_aside(row.pk, actor=desk, now=NOW + 90 * MINUTE)
    thread = HelpThread.objects.get()
    assert (thread.technician_id, thread.messages.get().by) == (who.pk, actor.id)
    assert thread.due_at == NOW + 95 * MINUTE


def test_picture_comes_through_the_queue_without_what_the_camera_wrote_and_is_seen_by_colleagues_only() -> None:
    _, actor, [visit] = a_day()
    content = picture(4)
    sha256 = hashlib.sha256(content).hexdigest()
    take_piece(sha256, content, offset=0, length=len(content), actor=actor, now=NOW)
    [row] = send(actor, uuid4(), [told(3, visit, "help_photo", sha256=sha256, caption="The box")])
    assert row.state == "applied"
    message = HelpMessage.objects.get()
    assert (message.said, message.text) == (HelpSaid.PHOTO, "The box")
    assert message.file.read()[:4] == b"RIFF"
    _, stranger, _ = a_day()
    for may in (actor, a_desk()):
        assert help_photo_for(may, message.pk, now=NOW).pk == message.pk
    for no in (stranger, a_link_to(visit, NOW), an_actor("agent")):
        with pytest.raises(NoSuchHelp):
            help_photo_for(no, message.pk, now=NOW)
    with pytest.raises(NoSuchHelp):
        help_photo_for(SYSTEM, message.pk + 1, now=NOW)
    with pytest.raises(BadPicture):
        show_for_help(visit.pk, content=b"no picture", caption="", actor=actor, now=NOW, heard=NOW)


def test_help_is_kept_a_year_with_its_pictures(django_capture_on_commit_callbacks: Any) -> None:
    _, actor, [visit] = a_day()
    thread = asked(actor, visit)
    shown = show_for_help(visit.pk, content=picture(5), caption="", actor=actor, now=NOW, heard=NOW)
    path = Path(shown.file.path)
    for days, there in ((364, True), (366, False)):
        with django_capture_on_commit_callbacks(execute=True):
            run_retention(now=NOW + timedelta(days=days))
        assert (HelpThread.objects.filter(pk=thread.pk).exists(), path.exists()) == (there, there)
    assert not HelpMessage.objects.exists()


def test_taps_without_end_are_refused() -> None:
    _, actor, [visit] = a_day()
    for _ in range(LINES_AN_HOUR):
        note_help_call(visit.pk, outcome=HelpSaid.RANG, actor=actor, now=NOW, heard=NOW)
    with pytest.raises(TooFast):
        note_help_call(visit.pk, outcome=HelpSaid.RANG, actor=actor, now=NOW, heard=NOW)


def test_rules_and_duties_are_for_who_edits_the_field_and_numbers_ring() -> None:
    desk = a_desk()
    with pytest.raises(Forbidden):
        change_help_rules(HelpRules(), actor=desk, now=NOW)
    wanted = HelpDuty(person_id=int(desk.id[5:]), phone="+48 600 100 200", days=ALL_DAYS, starts=time(8), ends=time(16))
    with pytest.raises(Forbidden):
        set_help_duty(wanted, actor=desk, now=NOW)
    with pytest.raises(Forbidden):
        end_help_duty(1, actor=desk, now=NOW)
    wanted.phone = "nonsense"
    with pytest.raises(BadContact):
        set_help_duty(wanted, actor=SYSTEM, now=NOW)
    with pytest.raises(BadContact):
        change_help_rules(HelpRules(phone="nonsense"), actor=SYSTEM, now=NOW)
