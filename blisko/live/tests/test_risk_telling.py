"""Promises in danger that nobody looks after in time are told to those who are not at a console (F15)."""

from datetime import timedelta

import pytest

from blisko.access.rules import SYSTEM
from blisko.accounts.services import add_user
from blisko.customers.models import Site
from blisko.kit.tests.work import do_jobs
from blisko.live.services.risk_telling import NAMED, PAUSE, tell_of_neglect
from blisko.messaging.models import Delivery
from blisko.planning.models import RiskAlert
from blisko.planning.rules.alerts import UNANSWERED
from blisko.planning.services import escalate_alerts, refresh_risks, take_alert
from blisko.planning.tests.test_alerts import DAY, DISPATCHER, NOW, a_tight_day

LATER = timedelta(seconds=PAUSE)
pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, str, str]]:
    return list(Delivery.objects.filter(code="risk_waits").order_by("pk").values_list("channel", "address", "language"))


def a_person(name: str, role: str, language: str) -> None:
    add_user(actor=SYSTEM, now=NOW, email=f"{name}@example.com", name=name.title(), roles=(role,), language=language)


def dangers(number: int) -> list[RiskAlert]:
    for _ in range(number):
        a_tight_day()
    Site.objects.update(street="Lipowa 5")
    return refresh_risks(DAY, actor=SYSTEM, now=NOW)


def test_danger_nobody_looks_after_is_told_to_everybody_who_may_do_something_and_only_once() -> None:
    a_person("danuta", "dispatcher", "pl")
    a_person("kinga", "dispatcher", "hu")
    a_person("olga", "technician", "pl")
    dangers(2)
    do_jobs()
    assert told() == []
    escalate_alerts(actor=SYSTEM, now=NOW + UNANSWERED)
    do_jobs()
    assert told() == [("email", "danuta@example.com", "pl"), ("email", "kinga@example.com", "hu")]
    [letter, other] = Delivery.objects.filter(code="risk_waits").order_by("pk")
    assert letter.subject == "Wizyty zagrożone spóźnieniem"
    assert "Lipowa 5 (08:30–09:30); Lipowa 5 (08:30–09:30)." in letter.body
    assert "/plan/alerts/" in letter.body
    assert "Senki sem foglalkozik" in other.body
    assert tell_of_neglect(now=NOW + UNANSWERED) == 2
    assert len(told()) == 2  # a job that runs twice tells once


def test_bad_hour_makes_one_letter_in_a_quarter_and_names_the_first_few() -> None:
    a_person("danuta", "dispatcher", "en")
    dangers(NAMED + 2)
    escalate_alerts(actor=SYSTEM, now=NOW + UNANSWERED)
    begun = NOW + LATER
    for at in (begun, begun + LATER / 2, begun + LATER):
        tell_of_neglect(now=at)
    letters = Delivery.objects.filter(code="risk_waits")
    assert letters.count() == 2
    assert all(one.body.count("Lipowa 5") == NAMED and "; +2." in one.body for one in letters)


def test_danger_somebody_has_taken_or_that_has_passed_is_not_told() -> None:
    a_person("danuta", "dispatcher", "en")
    [one, other] = dangers(2)
    escalate_alerts(actor=SYSTEM, now=NOW + UNANSWERED)
    take_alert(one.pk, actor=DISPATCHER, now=NOW + UNANSWERED)
    RiskAlert.objects.filter(pk=other.pk).update(calm_since=NOW)
    assert tell_of_neglect(now=NOW + UNANSWERED) == 0
    assert told() == []
