"""What a technician leaves of a visit beside its state, and what a job type asks for before it is done (F4, F11)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from blisko.access.rules import SYSTEM
from blisko.access.services import run_retention
from blisko.accounts.tests.make import an_actor
from blisko.visits.errors import BadPicture, BadPlanning, ClosingLacks, NoSuchMeasure, NoSuchPhoto, NoSuchStep, NoSuchVisit, StepNotYours
from blisko.visits.models import JobType, Visit
from blisko.visits.queries import evidence_of, signature_for
from blisko.visits.rules import Closing, Evidence, Measure, VisitState, lacking, read_closing
from blisko.visits.services import add_photo, arrive, finish, measure_value, sign_visit, tick_step
from blisko.visits.tests.make import a_job_type, a_link_to, a_visit
from blisko.visits.tests.test_photos import picture

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SIGNAL = {"key": "signal", "unit": "dBm", "min": -27, "max": -8}
ASKED = {"photos": 1, "signature": True, "checklist": True, "measures": [SIGNAL, {"key": "note"}]}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def a_visit_that_asks(**closing: object) -> Visit:
    a_job_type()
    JobType.objects.update(checklist=[{"en": "Measure"}, {"en": "Clean up"}], closing=closing)
    return a_visit(NOW)


def test_what_a_job_type_asks_for_is_read_and_nonsense_is_refused() -> None:
    assert read_closing({}) == Closing()
    signal = Measure("signal", "dBm", -27.0, -8.0)
    assert read_closing(ASKED) == Closing(1, True, True, (signal, Measure("note")))
    assert [signal.holds(value) for value in (-28, -27, -8, -7)] == [False, True, True, False]
    assert Measure("free").holds(1e6)
    measures: list[Any] = [["signal"], [{"unit": "dBm"}], [{"key": "a", "min": "x"}], 7]
    bad: list[Any] = [[], {"photos": "many"}, *({"measures": one} for one in measures)]
    for raw in bad:
        with pytest.raises(BadPlanning):
            read_closing(raw)


@pytest.mark.parametrize(
    ("has", "lacks"),
    [
        (Evidence(), ["photos", "checklist", "measure:signal", "measure:note", "signature"]),
        (Evidence(photos=1, steps=frozenset({0}), measured={"signal": -30, "note": 1}), ["checklist", "limit:signal", "signature"]),
        (Evidence(photos=2, steps=frozenset({0, 7}), measured={"signal": -9, "note": 1}, signed=True), ["checklist"]),
        (Evidence(photos=1, steps=frozenset({0, 1}), measured={"signal": -9, "note": 1}, signed=True), []),
    ],
)
def test_what_lacks_is_named(has: Evidence, lacks: list[str]) -> None:
    assert lacking(read_closing(ASKED), 2, has) == lacks
    assert lacking(Closing(), 2, has) == []


def test_visit_is_done_once_everything_asked_for_is_there() -> None:
    visit = a_visit_that_asks(**ASKED)
    arrive(visit.pk, actor=SYSTEM, now=NOW)
    with pytest.raises(ClosingLacks) as no:
        finish(visit.pk, actor=SYSTEM, now=NOW)
    assert no.value.details["lacks"] == ["photos", "checklist", "measure:signal", "measure:note", "signature"]
    add_photo(visit.pk, picture(1), actor=a_link_to(visit, NOW), now=NOW)  # the customer's own does not count
    add_photo(visit.pk, picture(2), actor=SYSTEM, now=NOW)
    for step in (0, 1):
        tick_step(visit.pk, step, True, actor=SYSTEM, now=NOW)
    tick_step(visit.pk, 1, False, actor=SYSTEM, now=NOW)
    measure_value(visit.pk, "signal", -30, actor=SYSTEM, now=NOW)
    measure_value(visit.pk, "note", 3, actor=SYSTEM, now=NOW)
    sign_visit(visit.pk, picture(3), " Anna Nowak ", actor=SYSTEM, now=NOW)
    with pytest.raises(ClosingLacks) as no:
        finish(visit.pk, actor=SYSTEM, now=NOW)
    assert no.value.details["lacks"] == ["checklist", "limit:signal"]
    assert evidence_of(visit) == Evidence(1, True, frozenset({0}), {"signal": -30.0, "note": 3.0})
    tick_step(visit.pk, 1, True, actor=SYSTEM, now=NOW)
    measure_value(visit.pk, "signal", -20.5, actor=SYSTEM, now=NOW)
    assert finish(visit.pk, actor=SYSTEM, now=NOW).state == VisitState.DONE


def test_second_signature_takes_the_place_of_the_first_and_goes_in_time(django_capture_on_commit_callbacks: Any) -> None:
    visit = a_visit_that_asks()
    with pytest.raises(NoSuchPhoto):
        signature_for(SYSTEM, visit.pk, now=NOW)
    first = sign_visit(visit.pk, picture(1), "Anna", actor=SYSTEM, now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        second = sign_visit(visit.pk, picture(2), "Jan", actor=SYSTEM, now=NOW)
    assert signature_for(SYSTEM, visit.pk, now=NOW) == second
    assert not first.file.storage.exists(str(first.file.name)) and second.file.storage.exists(str(second.file.name))
    assert str(second).startswith(f"{visit.pk}: ")
    with pytest.raises(BadPicture):
        sign_visit(visit.pk, b"no picture", "Jan", actor=SYSTEM, now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        assert run_retention(now=NOW + timedelta(days=366))["visits.signatures"] == 1
    assert not second.file.storage.exists(str(second.file.name))


def test_nobody_ticks_measures_or_signs_for_others() -> None:
    visit = a_visit_that_asks(**ASKED)
    link, stranger = a_link_to(visit, NOW), an_actor("technician")
    for actor, no in ((link, StepNotYours), (stranger, NoSuchVisit)):
        with pytest.raises(no):
            tick_step(visit.pk, 0, True, actor=actor, now=NOW)
        with pytest.raises(no):
            measure_value(visit.pk, "signal", -20, actor=actor, now=NOW)
        with pytest.raises(no):
            sign_visit(visit.pk, picture(), "Anna", actor=actor, now=NOW)
    for step in (-1, 2):
        with pytest.raises(NoSuchStep):
            tick_step(visit.pk, step, True, actor=SYSTEM, now=NOW)
    for key, value in (("colour", 1.0), ("signal", float("nan")), ("signal", float("inf"))):
        with pytest.raises(NoSuchMeasure):
            measure_value(visit.pk, key, value, actor=SYSTEM, now=NOW)


def test_admin_keeps_only_what_can_be_read() -> None:
    job_type = a_job_type()
    job_type.closing = ASKED
    job_type.clean()
    job_type.closing = {"measures": "signal"}
    with pytest.raises(ValidationError, match="example"):
        job_type.clean()
