import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from blisko.access.errors import Forbidden
from blisko.access.rules import SYSTEM
from blisko.access.services import reveal_token
from blisko.kit.errors import WrongMoment
from blisko.kit.events import on
from blisko.messaging.errors import BadTemplate, NoSuchDelivery, NoSuchTemplate
from blisko.messaging.events import DeliveryFailed, DeliverySent
from blisko.messaging.models import Delivery, PastText
from blisko.messaging.ports import Accepted, Busy, Refused, Unclear
from blisko.messaging.queries import deliveries_about, deliveries_for, delivery_for, doubts_for, opt_outs_for, past_texts, text_to_edit
from blisko.messaging.rules.delivery import MOST_ATTEMPTS, Channel, LinkTo, email, phone
from blisko.messaging.rules.templates import Text
from blisko.messaging.services import (
    begin_attempt,
    forget_bodies,
    give_up_delivery,
    hand_over,
    mark_delivery_sent,
    opt_in,
    opt_out,
    record_receipt,
    rescue_overdue,
    resend_delivery,
    restore_default_text,
    save_text,
    send_message,
    settle_attempt,
)
from blisko.messaging.services.retention import forget_deliveries
from blisko.messaging.tests.gateway import Gateway
from blisko.messaging.tests.make import EWA, NOW, boss, deliver, link, message, values

pytestmark = pytest.mark.django_db
DECIDES = boss("messaging.resolve_doubt", "messaging.see_deliveries")
GATEWAY = boss("messaging.report_receipts")
WRITES = boss("messaging.edit_templates")


@pytest.fixture(autouse=True)
def no_jobs(db: None) -> None:
    forget_jobs()


def forget_jobs() -> None:
    """Procrastinate's tables are not Django's, so no test empties them by itself."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@on(DeliveryFailed)
def hear_failure(event: DeliveryFailed) -> None:
    """A floor above, listening."""


@on(DeliverySent)
def hear_sending(event: DeliverySent) -> None:
    """A floor above, listening."""


def told(name: str) -> list[dict[str, object]]:
    """What the floors above are going to hear."""
    rows = ProcrastinateJob.objects.filter(task_name__contains=f"tests.test_services.{name}").order_by("id")
    return [row.args for row in rows]


def jobs() -> list[tuple[int, bool]]:
    """The deliveries with a job to come, and whether it waits for its time."""
    rows = ProcrastinateJob.objects.filter(task_name="messaging.deliver", status="todo").order_by("id")
    return [(row.args["delivery_id"], row.scheduled_at is not None) for row in rows]


def state(delivery: Delivery) -> str:
    return Delivery.objects.get(pk=delivery.pk).state


def attempt(delivery: Delivery, outcome: Accepted | Busy | Refused | Unclear, now=NOW) -> None:
    begun = begin_attempt(delivery.pk, now=now)
    assert begun is not None
    settle_attempt(begun, outcome, now=now)


@pytest.mark.django_db(transaction=True)
def test_nothing_leaves_when_the_transaction_is_rolled_back(gateway: Gateway):
    with pytest.raises(RuntimeError), transaction.atomic():
        message()
        assert len(jobs()) == 1
        raise RuntimeError
    assert Delivery.objects.count() == 0
    assert jobs() == []


@pytest.mark.django_db(transaction=True)
def test_nobody_else_sees_the_message_before_commit(gateway: Gateway):
    seen: list[int] = []

    def look() -> None:
        seen.append(Delivery.objects.count() + len(jobs()))
        connection.close()

    with transaction.atomic():
        message()
        watcher = threading.Thread(target=look)
        watcher.start()
        watcher.join()
    assert seen == [0]
    assert len(jobs()) == 1


def test_the_same_event_to_the_same_person_makes_one_message(gateway: Gateway):
    first = message()
    assert message().pk == first.pk
    assert len(jobs()) == 1
    assert message(to=phone("+48600100201")).pk != first.pk
    assert message(key="moved:42").pk != first.pk


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_with_the_same_key_make_one_message(gateway: Gateway):
    to_visit = link()
    barrier = threading.Barrier(20)

    def write() -> None:
        barrier.wait()
        message(link=to_visit)
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Delivery.objects.count() == 1
    assert len(jobs()) == 1


def test_the_message_goes_out_in_plain_letters_with_its_real_link(gateway: Gateway):
    to_visit = link()
    delivery = message(link=to_visit)
    assert f"{{link:{to_visit.key_id}}}" in delivery.body
    assert delivery.parts == 1
    deliver(delivery.pk)
    (sent,) = gateway.sent
    assert sent["to"] == "+48600100200"
    assert sent["text"].startswith("Blisko: wizyta technika: poniedzialek, 23 listopada, 10:00-12:00.")
    assert sent["text"].endswith(f"/v/{reveal_token(to_visit.key_id)}")
    assert sent["reference"] == str(delivery.reference)
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.provider_reference) == ("sent", 1, "gw-1")
    assert told("hear_sending") == [{"delivery_id": row.pk, "code": "visit_booked", "channel": "sms", "about": "visit:42"}]


def test_no_token_is_ever_stored(gateway: Gateway):
    to_visit = link()
    deliver(message(link=to_visit).pk)
    token = reveal_token(to_visit.key_id)
    with connection.cursor() as cursor:
        for table in ("messaging_delivery", "procrastinate_jobs", "kit_step"):
            cursor.execute(f"SELECT count(*) FROM {table} AS row WHERE row::text LIKE %s", [f"%{token}%"])
            assert cursor.fetchone() == (0,), table


def test_a_link_that_has_ended_is_not_sent(gateway: Gateway):
    delivery = message(link=LinkTo(999_999))
    deliver(delivery.pk)
    assert (state(delivery), gateway.calls) == ("given_up", [])


def test_a_sent_message_is_not_sent_again(gateway: Gateway):
    delivery = message()
    for _ in range(3):
        deliver(delivery.pk)
    assert len(gateway.calls) == 1


@pytest.mark.django_db(transaction=True)
def test_eight_workers_with_the_same_job_send_once(gateway: Gateway):
    delivery = message()

    def work() -> None:
        deliver(delivery.pk)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(gateway.calls) == 1


def test_a_job_of_a_message_that_is_gone_does_nothing(gateway: Gateway):
    deliver(123_456)
    assert gateway.calls == []


def test_a_busy_gateway_is_asked_again_later(gateway: Gateway):
    delivery = message()
    gateway.next(503, retry_after=40)
    deliver(delivery.pk)
    row = Delivery.objects.get()
    assert (row.state, row.last_error) == ("failed", "HTTP 503")
    assert jobs() == [(delivery.pk, False), (delivery.pk, True)]
    deliver(delivery.pk)
    assert len(gateway.calls) == 1, "not before its time"
    deliver(delivery.pk, row.next_attempt_at)
    assert state(delivery) == "sent"
    assert [call["reference"] for call in gateway.calls] == [str(delivery.reference)] * 2


def test_trying_ends_and_is_told(gateway: Gateway):
    delivery, now = message(), NOW
    for _ in range(MOST_ATTEMPTS):
        attempt(delivery, Busy("no connection"), now)
        now = Delivery.objects.get().next_attempt_at
    assert state(delivery) == "given_up"
    assert Delivery.objects.get().attempts == MOST_ATTEMPTS
    facts = {"delivery_id": delivery.pk, "code": "visit_booked", "channel": "sms", "about": "visit:42"}
    assert told("hear_failure") == [{**facts, "why": "no connection"}]
    assert told("hear_sending") == []


def test_a_refused_message_is_given_up_at_once(gateway: Gateway):
    delivery = message()
    gateway.next(400)
    deliver(delivery.pk)
    assert (state(delivery), Delivery.objects.get().last_error) == ("given_up", "HTTP 400")


def test_a_cut_line_is_made_good_where_the_gateway_knows_our_reference(gateway: Gateway):
    delivery = message()
    gateway.next("drop")
    deliver(delivery.pk)
    assert state(delivery) == "failed"
    deliver(delivery.pk, NOW + timedelta(days=9))
    assert state(delivery) == "sent"
    assert (len(gateway.calls), len(gateway.sent)) == (2, 1)


@pytest.mark.parametrize("answer", ["drop", "hang", 500])
def test_a_cut_line_is_put_before_a_person_where_it_does_not(forgetful_gateway: Gateway, answer: str | int):
    delivery = message()
    forgetful_gateway.next(answer)
    deliver(delivery.pk)
    assert state(delivery) == "in_doubt"
    assert [row.pk for row in doubts_for(DECIDES)] == [delivery.pk]


def test_an_attempt_lost_in_the_middle_is_made_again_where_that_is_safe(gateway: Gateway):
    delivery = message()
    begun = begin_attempt(delivery.pk, now=NOW)
    assert begun is not None
    hand_over(begun)
    soon, late = NOW + timedelta(seconds=50), NOW + timedelta(seconds=61)
    assert begin_attempt(delivery.pk, now=soon) is None
    again = begin_attempt(delivery.pk, now=late)
    assert again is not None
    settle_attempt(again, hand_over(again), now=late)
    assert (state(delivery), len(gateway.calls), len(gateway.sent)) == ("sent", 2, 1)


def test_an_attempt_lost_in_the_middle_is_in_doubt_where_it_is_not(forgetful_gateway: Gateway):
    delivery = message()
    begun = begin_attempt(delivery.pk, now=NOW)
    assert begun is not None
    assert begin_attempt(delivery.pk, now=NOW + timedelta(seconds=61)) is None
    assert state(delivery) == "in_doubt"
    settle_attempt(begun, Accepted("late"), now=NOW + timedelta(seconds=70))
    assert state(delivery) == "sent", "the answer came late, but it came"


def test_an_answer_to_an_older_attempt_changes_nothing(gateway: Gateway):
    delivery = message()
    old = begin_attempt(delivery.pk, now=NOW)
    late = NOW + timedelta(seconds=61)
    new = begin_attempt(delivery.pk, now=late)
    assert old is not None
    assert new is not None
    settle_attempt(old, Refused("old news"), now=late)
    assert state(delivery) == "sending"
    settle_attempt(new, Accepted(), now=late)
    settle_attempt(old, Accepted(), now=late)
    assert state(delivery) == "sent"


def test_a_carrier_that_breaks_is_unclear_and_its_words_are_not_logged(forgetful_gateway: Gateway, settings, caplog):
    options = settings.BLISKO_PLUG_OPTIONS["messaging.sms"]
    # An expression without a group: the gateway has the message, and reading its answer fails.
    settings.BLISKO_PLUG_OPTIONS = {"messaging.sms": {**options, "reference_in": '"id"'}}
    to_visit = link()
    delivery = message(link=to_visit)
    deliver(delivery.pk)
    assert (state(delivery), Delivery.objects.get().last_error) == ("in_doubt", "IndexError")
    assert "carrier raised IndexError" in caplog.text
    assert reveal_token(to_visit.key_id) not in caplog.text


def test_a_lost_job_and_a_lost_process_are_found(gateway: Gateway):
    lost, dead = message(key="a"), message(key="b", to=phone("+48600100201"))
    begin_attempt(dead.pk, now=NOW)
    forget_jobs()
    assert rescue_overdue(now=NOW + timedelta(seconds=20)) == 0
    assert rescue_overdue(now=NOW + timedelta(seconds=95)) == 2
    assert sorted(jobs()) == sorted([(lost.pk, False), (dead.pk, False)])
    assert rescue_overdue(now=NOW + timedelta(seconds=96)) == 0, "not every time again"


@pytest.mark.django_db(transaction=True)
def test_what_another_worker_holds_is_left_to_it(gateway: Gateway):
    delivery = message(about="")
    forget_jobs()
    held, looked = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Delivery.objects.select_for_update().get(pk=delivery.pk)
            held.set()
            looked.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    rescue_overdue(now=NOW + timedelta(seconds=95))
    assert jobs() == []
    looked.set()
    holder.join()
    rescue_overdue(now=NOW + timedelta(seconds=95))
    assert jobs() == [(delivery.pk, False)]


def test_messages_to_one_phone_keep_their_order(gateway: Gateway):
    first, second = message(key="a"), message(key="b")
    other = message(key="c", to=phone("+48600100201"))
    assert begin_attempt(second.pk, now=NOW) is None
    assert begin_attempt(other.pk, now=NOW) is not None
    forget_jobs()
    attempt(first, Busy("not now"))
    assert begin_attempt(second.pk, now=NOW) is None
    assert jobs() == [(first.pk, True)]
    again = Delivery.objects.get(pk=first.pk).next_attempt_at
    attempt(first, Accepted(), again)
    assert jobs()[1:] == [(second.pk, False)]
    assert begin_attempt(second.pk, now=again) is not None


def test_a_message_does_not_wait_for_ever_behind_another(gateway: Gateway):
    message(key="a")
    second = message(key="b")
    assert begin_attempt(second.pk, now=NOW + timedelta(minutes=11)) is not None


def test_a_doubt_does_not_hold_up_the_next(forgetful_gateway: Gateway):
    first, second = message(key="a"), message(key="b")
    attempt(first, Unclear("cut"))
    assert begin_attempt(second.pk, now=NOW) is not None


def test_nothing_is_written_to_those_who_opted_out(gateway: Gateway):
    opt_out(DECIDES, EWA, now=NOW)
    opt_out(DECIDES, EWA, now=NOW)
    delivery = message()
    assert (delivery.state, delivery.last_error, jobs()) == ("given_up", "opted out", [])
    assert opt_outs_for(DECIDES).count() == 1
    opt_in(DECIDES, EWA, now=NOW)
    opt_in(DECIDES, EWA, now=NOW)
    resend_delivery(DECIDES, delivery.pk, now=NOW)
    deliver(delivery.pk)
    assert state(delivery) == "sent"


def test_an_opt_out_stops_what_is_already_queued(gateway: Gateway):
    delivery = message()
    opt_out(DECIDES, EWA, now=NOW)
    deliver(delivery.pk)
    assert (state(delivery), gateway.calls) == ("given_up", [])


def test_what_comes_too_late_is_not_sent(gateway: Gateway):
    delivery = message("visit_on_the_way", until=NOW + timedelta(minutes=30))
    assert begin_attempt(delivery.pk, now=NOW + timedelta(minutes=31)) is None
    assert Delivery.objects.get().last_error == "too late"


def test_a_person_settles_a_doubt(forgetful_gateway: Gateway):
    delivery = message()
    attempt(delivery, Unclear("cut"))
    with pytest.raises(Forbidden):
        resend_delivery(WRITES, delivery.pk, now=NOW)
    with pytest.raises(NoSuchDelivery):
        resend_delivery(DECIDES, 999_999, now=NOW)
    resend_delivery(DECIDES, delivery.pk, now=NOW)
    assert state(delivery) == "queued"
    attempt(delivery, Unclear("cut"))
    mark_delivery_sent(DECIDES, delivery.pk, now=NOW)
    assert state(delivery) == "sent"
    with pytest.raises(WrongMoment):
        mark_delivery_sent(DECIDES, delivery.pk, now=NOW)
    other = message(key="b")
    attempt(other, Unclear("cut"))
    give_up_delivery(DECIDES, other.pk, now=NOW)
    assert state(other) == "given_up"


def test_a_receipt_says_delivered_once(gateway: Gateway):
    delivery = message()
    deliver(delivery.pk)
    with pytest.raises(Forbidden):
        record_receipt(DECIDES, "gw-1", arrived=True, now=NOW)
    record_receipt(GATEWAY, "gw-1", arrived=True, now=NOW)
    record_receipt(GATEWAY, str(delivery.reference), arrived=True, now=NOW)
    record_receipt(GATEWAY, str(delivery.reference), arrived=False, now=NOW)
    assert state(delivery) == "delivered"
    for stranger in ("", "gw-9", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(NoSuchDelivery):
            record_receipt(GATEWAY, stranger, arrived=True, now=NOW)


def test_a_receipt_may_say_never(gateway: Gateway):
    delivery = message()
    deliver(delivery.pk)
    record_receipt(GATEWAY, str(delivery.reference), arrived=False, why="absent subscriber", now=NOW)
    assert (state(delivery), Delivery.objects.get().last_error) == ("given_up", "absent subscriber")
    assert [event["why"] for event in told("hear_failure")] == ["absent subscriber"]


def test_a_receipt_may_overtake_the_answer(gateway: Gateway):
    delivery = message()
    begun = begin_attempt(delivery.pk, now=NOW)
    assert begun is not None
    record_receipt(GATEWAY, str(delivery.reference), arrived=True, now=NOW)
    settle_attempt(begun, Accepted("gw-1"), now=NOW)
    assert state(delivery) == "delivered"


def test_every_value_is_asked_for_at_every_sending():
    with pytest.raises(BadTemplate):
        send_message("visit_booked", to=EWA, language="pl", context={"name": "Ewa"}, about="", key="k", now=NOW)
    with pytest.raises(NoSuchTemplate):
        message("no_such_message")
    assert Delivery.objects.count() == 0


def test_a_language_nobody_wrote_is_answered_in_english():
    assert message(language="de").language == "en"


def test_an_edited_text_is_sent_and_the_old_one_kept():
    mine, other = Text("Zażółć {link}", transliterate=False), Text("Inny {link}")
    save_text(WRITES, "visit_booked", Channel.SMS, "pl", mine, now=NOW)
    save_text(WRITES, "visit_booked", Channel.SMS, "pl", mine, now=NOW)
    assert message().body.startswith("Zażółć {link:")
    save_text(WRITES, "visit_booked", Channel.SMS, "pl", other, now=NOW)
    _, text, row = text_to_edit(WRITES, "visit_booked", Channel.SMS, "pl")
    assert text == other
    assert [past.body for past in past_texts(WRITES, row)] == ["Zażółć {link}"]
    restore_default_text(WRITES, "visit_booked", Channel.SMS, "pl", now=NOW)
    assert PastText.objects.count() == 2
    assert message(key="again").body.startswith("Blisko: wizyta")


def test_only_those_who_may_edit_and_see():
    with pytest.raises(Forbidden):
        save_text(DECIDES, "visit_booked", Channel.SMS, "pl", Text("{link}"), now=NOW)
    with pytest.raises(BadTemplate):
        save_text(WRITES, "visit_booked", Channel.SMS, "pl", Text("{nick}"), now=NOW)
    with pytest.raises(NoSuchTemplate):
        save_text(WRITES, "visit_booked", Channel.SMS, "xx", Text("{link}"), now=NOW)
    for read in (lambda: deliveries_about(WRITES, "visit:42"), lambda: deliveries_for(WRITES), lambda: delivery_for(WRITES, 1)):
        with pytest.raises(Forbidden):
            read()


def test_other_pages_learn_how_far_messages_got(gateway: Gateway):
    delivery = message()
    message(about="visit:43", key="other")
    (seen,) = deliveries_about(DECIDES, "visit:42")
    assert (seen.id, seen.state, seen.address, seen.at) == (delivery.pk, "queued", "+48•••••••00", NOW)
    assert deliveries_for(DECIDES, state="queued", channel="sms", address="100 200").count() == 2
    assert deliveries_for(DECIDES, about="visit:43").count() == 1
    assert delivery_for(DECIDES, delivery.pk) == delivery
    with pytest.raises(NoSuchDelivery):
        delivery_for(DECIDES, 999_999)


def test_words_are_forgotten_and_the_fact_kept(gateway: Gateway):
    sent, waiting = message(key="a"), message(key="b", to=phone("+48600100201"))
    deliver(sent.pk)
    assert forget_bodies(NOW) == 0
    assert forget_bodies(NOW + timedelta(days=1)) == 1
    assert Delivery.objects.get(pk=sent.pk).body == ""
    assert Delivery.objects.get(pk=waiting.pk).body
    assert forget_deliveries(NOW + timedelta(days=1)) == 1
    assert SYSTEM.may("messaging.see_deliveries")


def test_a_letter_has_a_subject_on_one_line():
    letter = message(to=email("ewa@example.com"), context=values(link=link(), day="poniedziałek,\r\nBcc: x@x.pl"))
    assert letter.subject == "Wizyta technika: poniedziałek, Bcc: x@x.pl, 10:00–12:00"
    assert letter.parts == 1
