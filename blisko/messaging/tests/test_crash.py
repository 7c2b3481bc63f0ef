"""A worker is killed while the gateway has the message in its hands, and another one finds it. Real processes, real sockets."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection

from blisko.messaging.models import Delivery
from blisko.messaging.services import rescue_overdue
from blisko.messaging.tests.gateway import ROOT, Gateway
from blisko.messaging.tests.make import deliver, message

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
# What a worker does with the job, in a process of its own, over the test's database.
WORKER = """
import json, os, django
from django.conf import settings
django.setup()
settings.DATABASES["default"]["NAME"] = os.environ["TEST_NAME"]
settings.BLISKO_PLUGS = {**settings.BLISKO_PLUGS, **json.loads(os.environ["TEST_PLUGS"])}
settings.BLISKO_PLUG_OPTIONS = json.loads(os.environ["TEST_OPTIONS"])
from blisko.messaging.jobs import deliver
print("ready", flush=True)
deliver(int(os.environ["TEST_DELIVERY"]))
print("done", flush=True)
"""


@pytest.fixture(autouse=True)
def no_jobs(db: None) -> Iterator[None]:
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def worker(delivery: Delivery, settings) -> subprocess.Popen[bytes]:
    options = {"messaging.sms": {**settings.BLISKO_PLUG_OPTIONS["messaging.sms"], "timeout": 30}}
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "TEST_NAME": connection.settings_dict["NAME"],
        "TEST_PLUGS": json.dumps(settings.BLISKO_PLUGS),
        "TEST_OPTIONS": json.dumps(options),
        "TEST_DELIVERY": str(delivery.pk),
    }
    process = subprocess.Popen([sys.executable, "-c", WORKER], env=env, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"
    return process


def killed_with_the_message_out(delivery: Delivery, gateway: Gateway, settings, answer: str) -> Delivery:
    gateway.next(answer)
    process = worker(delivery, settings)
    gateway.wait_for_calls(1)
    process.kill()
    process.wait()
    delivery.refresh_from_db()
    assert delivery.state == "sending"
    return delivery


@pytest.mark.parametrize("answer", ["hang", "deaf"])
def test_a_killed_workers_message_arrives_exactly_once(gateway: Gateway, settings, answer: str):
    """`hang`: the gateway had taken it; `deaf`: it had not. The same reference makes both come out as one SMS."""
    delivery = killed_with_the_message_out(message(), gateway, settings, answer)
    assert delivery.started_at is not None
    later = delivery.started_at + timedelta(seconds=95)
    assert rescue_overdue(now=later) == 1
    deliver(delivery.pk, later)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("sent", 2)
    assert [one["reference"] for one in gateway.sent] == [str(delivery.reference)]


def test_a_killed_workers_message_is_never_sent_twice_by_itself(forgetful_gateway: Gateway, settings):
    delivery = killed_with_the_message_out(message(), forgetful_gateway, settings, "hang")
    assert delivery.started_at is not None
    deliver(delivery.pk, delivery.started_at + timedelta(seconds=95))
    delivery.refresh_from_db()
    assert delivery.state == "in_doubt"
    assert len(forgetful_gateway.calls) == 1


def test_a_worker_left_alone_sends_it(gateway: Gateway, settings):
    delivery = message()
    assert worker(delivery, settings).wait(20) == 0
    delivery.refresh_from_db()
    assert (delivery.state, len(gateway.sent)) == ("sent", 1)
