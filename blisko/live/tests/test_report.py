"""A visit's report: what it says, how its PDF is made, how a copy is verified (O8)."""

import hashlib
import io
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from PIL import Image
from pytest_django import Settings

from blisko.access.rules import SYSTEM
from blisko.access.services import run_retention
from blisko.field.services import add_part, use_parts
from blisko.live.handlers import (
    issue_report,
    issue_report_of_failure,
    issue_report_with_answer,
    issue_report_with_note,
    issue_report_with_photo,
)
from blisko.live.models import Edition
from blisko.live.queries.report import report_of
from blisko.live.services.editions import issue_edition
from blisko.live.tests.make import LinkStory, a_link
from blisko.visits.events import NoteWritten, PhotoAdded, ServiceConfirmed, VisitDone, VisitFailed
from blisko.visits.models import JobType, Visit
from blisko.visits.services import (
    add_photo,
    arrive,
    confirm_service,
    finish,
    measure_value,
    need_another,
    report_no_access,
    set_out,
    sign_visit,
    tick_step,
    write_note,
)

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _place(settings: Settings, tmp_path: Path) -> None:
    settings.BLISKO_CLOCK = f"{NOW.isoformat()}@{time.time()}*1"
    settings.MEDIA_ROOT = tmp_path


def a_picture(seed: int, side: int = 1600) -> bytes:
    """A noisy picture, as hard to press as any."""
    out = io.BytesIO()
    noise = Image.frombytes("RGB", (side // 4, side // 4), random.Random(seed).randbytes(3 * (side // 4) ** 2))
    noise.resize((side, side)).save(out, "JPEG", quality=90)
    return out.getvalue()


def finished(language: str = "en", photos: int = 0, note: str = "Replaced the socket.") -> LinkStory:
    """A visit done at 8:40 after 8:12 and 8:25, with photos of the work."""
    story = a_link(NOW, language=language)
    checklist = [{"en": "Measure the signal", "pl": "Pomiar sygnału", "hu": "Jelszint mérése, űrlap kitöltése"}]
    watch = {"en": "The lamp stays green.", "pl": "Lampka świeci na zielono.", "hu": "A lámpa zölden világít."}
    JobType.objects.update(checklist=checklist, kit=[{"part": "RJ45", "count": 2}], watch=watch)
    actor = story.technician_actor()
    set_out(story.visit.pk, actor=actor, now=NOW)
    arrive(story.visit.pk, actor=actor, now=NOW + 13 * MINUTE)
    for each in range(photos):
        add_photo(story.visit.pk, a_picture(each), actor=actor, now=NOW + 20 * MINUTE, caption=f"Żółta skrzynka {each}")
    finish(story.visit.pk, actor=actor, now=NOW + 28 * MINUTE, note=note)
    issue_report(VisitDone(story.visit.pk, NOW))
    return story


def paper_of(story: LinkStory) -> bytes:
    answer = Client().get(f"{story.path}/report.pdf")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def text_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages).split())


def verified(content: bytes) -> HttpResponse:
    return Client().post("/verify", {"file": SimpleUploadedFile("report.pdf", content)})


def test_page_tells_what_was_done_when_with_what_and_whom_to_call() -> None:
    story = finished(photos=1)
    write_note(story.visit.pk, "Customer was in a hurry", actor=SYSTEM, now=NOW + 30 * MINUTE)
    page = Client().get(f"{story.path}/report").content.decode()
    for words in (
        "Replaced the socket.",
        "Measure the signal",
        "2 × RJ45",
        "The lamp stays green.",
        "9:12",
        "9:25",
        "9:40",
        "Żółta skrzynka 0",
    ):
        assert words in page
    assert "tel:+48225550100" in page
    assert "in a hurry" not in page  # the desk's own words
    assert "Lipowa" not in page
    assert "Kowalski" not in page


def test_report_tells_what_was_really_ticked_measured_used_and_signed() -> None:
    story = a_link(NOW, language="pl")
    checklist = [{"en": "Measure", "pl": "Pomiar sygnału"}, {"en": "Clean up", "pl": "Sprzątanie"}]
    signal = {"key": "signal", "names": {"en": "Signal", "pl": "Sygnał"}, "unit": "dBm"}
    measures = [signal, {"key": "speed", "unit": "Mb/s"}, {"key": "never"}]
    JobType.objects.update(checklist=checklist, kit=[{"part": "RJ45", "count": 2}], closing={"measures": measures})
    add_part("ONT", {"en": "Optical terminal", "pl": "Terminal optyczny"}, actor=SYSTEM, now=NOW)
    actor, visit = story.technician_actor(), story.visit.pk
    arrive(visit, actor=actor, now=NOW)
    tick_step(visit, 0, True, actor=actor, now=NOW)
    measure_value(visit, "signal", -19.5, actor=actor, now=NOW)
    measure_value(visit, "speed", 940, actor=actor, now=NOW)
    use_parts(story.technician.pk, {"ONT": 1}, visit_id=visit, op=uuid4(), actor=actor, now=NOW)
    sign_visit(visit, a_picture(1, 400), "Anna Żak", actor=actor, now=NOW)
    need_another(visit, actor=actor, now=NOW, note="Brak zasięgu")
    report = report_of(Visit.objects.get(pk=visit), "pl")
    assert report.steps == ["Pomiar sygnału"]
    assert report.values == [("Sygnał", "\u221219,5 dBm"), ("speed", "940 Mb/s")]
    assert report.parts == [("Terminal optyczny", 1)]
    page = Client().get(f"{story.path}/report", HTTP_ACCEPT_LANGUAGE="pl").content.decode()
    for words in ("Pomiar sygnału", "Sygnał: \u221219,5 dBm", "1 × Terminal optyczny", "Anna Żak"):
        assert words in page
    assert "Sprzątanie" not in page and "RJ45" not in page


def test_technicians_photo_is_seen_by_whoever_holds_the_link() -> None:
    story = finished(photos=1)
    page = Client().get(f"{story.path}/report").content.decode()
    address = page.partition(f'src="{story.path}/photos/')[2].partition('"')[0]
    assert Client().get(f"{story.path}/photos/{address}")["Content-Type"] == "image/webp"
    assert Client().get(f"{a_link(NOW).path}/photos/{address}").status_code == 410


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("pl", ("Raport z wizyty", "Pomiar sygnału", "Żółta skrzynka 0", "Lampka świeci")),
        ("hu", ("Jegyzőkönyv", "űrlap kitöltése", "Mire érdemes figyelni", "A lámpa zölden világít")),
        ("en", ("What was done", "Measure the signal", "The lamp stays green")),
    ],
)
def test_paper_has_text_tags_language_title_and_is_small(language: str, words: tuple[str, ...]) -> None:
    story = finished(language, photos=4)
    content = paper_of(story)
    reader = pypdf.PdfReader(io.BytesIO(content))
    root = reader.root_object
    assert len(content) < 1_000_000
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == language
    assert root["/StructTreeRoot"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert reader.metadata is not None
    assert reader.metadata.title
    assert story.visit.number in reader.metadata.title
    assert len(reader.pages) == 1
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    assert all("Figtree" in font["/BaseFont"] for font in fonts)
    said = f"{reader.metadata.title} {text_of(content)}"
    for one in words:
        assert one in said


def test_asked_twice_it_is_the_same_bytes_and_a_change_is_a_new_edition() -> None:
    story = finished()
    first = paper_of(story)
    assert paper_of(story) == first
    issue_report(VisitDone(story.visit.pk, NOW))
    assert paper_of(story) == first
    answer = confirm_service(story.visit.pk, True, asked="?", language="en", actor=story.link_actor(NOW), now=NOW + 40 * MINUTE)
    issue_report_with_answer(ServiceConfirmed(story.visit.pk, answer.pk, True, NOW))
    second = paper_of(story)
    assert second != first
    assert "everything works" in text_of(second)
    assert [one.number for one in Edition.objects.order_by("number")] == [1, 2]
    assert "A newer edition" in verified(first).content.decode()
    assert "A newer edition" not in verified(second).content.decode()


def test_notes_and_photos_that_come_later_are_in_the_next_edition() -> None:
    story = finished()
    note = write_note(story.visit.pk, "Left the old socket.", actor=story.technician_actor(), now=NOW + 41 * MINUTE)
    issue_report_with_note(NoteWritten(story.visit.pk, note.pk, NOW))
    photo = add_photo(story.visit.pk, a_picture(9), actor=story.technician_actor(), now=NOW + 42 * MINUTE, caption="Afterwards")
    issue_report_with_photo(PhotoAdded(story.visit.pk, photo.pk, NOW))
    assert "Left the old socket. " in text_of(paper_of(story))
    assert "Afterwards" in text_of(paper_of(story))
    assert Edition.objects.count() == 3


def test_only_what_we_issued_verifies_and_nothing_personal_is_told() -> None:
    content = paper_of(finished())
    yes = verified(content).content.decode()
    assert "exactly what we issued" in yes
    assert "socket" not in yes
    for place in (0, len(content) // 2, len(content) - 1):
        changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        assert "not a report we issued" in verified(changed).content.decode()
    assert Edition.objects.get().sha256 == hashlib.sha256(content).hexdigest()


def test_verifying_refuses_no_file_a_huge_one_and_too_many() -> None:
    assert Client().post("/verify").status_code == 422
    assert verified(b"x" * (2 * 1024 * 1024 + 1)).status_code == 422
    assert Client(enforce_csrf_checks=True).post("/verify").status_code == 403
    assert [verified(b"x").status_code for _ in range(29)][-2:] == [200, 429]
    assert Client().get("/verify").status_code == 200


def test_visit_that_failed_has_a_report_and_one_that_runs_has_none() -> None:
    story = a_link(NOW)
    assert issue_edition(story.visit.pk, now=NOW) is None
    assert Client().get(f"{story.path}/report").status_code == 410
    assert Client().get(f"{story.path}/report.pdf").status_code == 410
    actor = story.technician_actor()
    set_out(story.visit.pk, actor=actor, now=NOW)
    report_no_access(story.visit.pk, actor=actor, now=NOW + MINUTE, note="Nobody opened")
    assert Client().get(f"{story.path}/report.pdf").status_code == 503
    assert "being prepared" in Client().get(f"{story.path}/report").content.decode()
    issue_report_of_failure(VisitFailed(story.visit.pk, "no_access", "", NOW))
    assert "We could not get in" in text_of(paper_of(story))


def test_looking_issues_nothing() -> None:
    story = finished()
    Edition.objects.all().delete()
    for address in ("/report", "/report.pdf"):
        for method in ("get", "head"):
            getattr(Client(), method)(story.path + address)
        assert Client().post(story.path + address).status_code == 405
    assert not Edition.objects.exists()


def test_reports_are_forgotten_with_their_files(django_capture_on_commit_callbacks: object) -> None:
    finished()
    edition = Edition.objects.get()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        run_retention(now=NOW + timedelta(days=1096))
    assert not Edition.objects.exists()
    assert not edition.file.storage.exists(str(edition.file.name))
