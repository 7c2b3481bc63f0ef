"""Sheets as operators have them: guessed, checked, landed, and every refused line told."""

from datetime import UTC, datetime

import pytest

from blisko.access.rules import SYSTEM
from blisko.customers.models import Customer
from blisko.customers.queries import customer_by_number
from blisko.customers.tests.make import a_site
from blisko.field.models import Technician
from blisko.imports.errors import MissingColumns
from blisko.imports.models import ImportRun
from blisko.imports.queries import import_for
from blisko.imports.services import land_import, take_sheet, work_import
from blisko.imports.tests.make import an_xlsx, imported, reasons
from blisko.kit.tests.work import do_jobs
from blisko.visits.models import Visit
from blisko.visits.tests.make import a_job_type

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db

POLISH = """Nr klienta;Imię i nazwisko;Telefon;Język;Ulica;Kod pocztowy;Miasto;Szerokość;Długość
K1;Łucja Źrebięca;601 234 567;polski;Żółta 1;00-001;Łódź;52,2297;21,0122
K2;József Szűcs;+36 1 234 5678;magyar;;;;;
K3;;601 234 568;;;;;;
K1;Ktoś inny;;;;;;;
K4;Anna;nie ma;;;;;;
K5;Jan;;;Polna 2;;Łódź;95;21
K6;Ewa;;de;;;;;
"""
REFUSED = [
    (4, "“Imię i nazwisko” is empty."),
    (5, "“Nr klienta” K1 is already in line 2."),
    (6, "Write the telephone number with its country code, like +48 601 234 567, and the e-mail address like name@example.com."),
    (7, "Give both latitude (−90 to 90) and longitude (−180 to 180), or leave both empty."),
    (8, "“Język” cannot be read: “de”."),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "iso8859-2", "utf-16"])
def test_good_lines_land_and_each_bad_one_is_told(encoding: str) -> None:
    run = imported("customers", POLISH.encode(encoding), NOW)
    assert reasons(run) == REFUSED
    assert (run.state, run.done, run.added, run.refused) == ("landed", 7, 2, 5)
    customer = customer_by_number(SYSTEM, "K1")
    site = customer.sites.get()
    assert (customer.name, customer.language, site.city, site.lat) == ("Łucja Źrebięca", "pl", "Łódź", 52.2297)
    assert sorted(Customer.objects.values_list("number", flat=True)) == ["K1", "K2"]


def test_dry_run_tells_the_same_and_keeps_nothing() -> None:
    run = imported("customers", POLISH, NOW, dry=True)
    assert (run.state, run.added, run.refused, reasons(run)) == ("checked", 2, 5, REFUSED)
    assert not Customer.objects.exists()


def test_same_sheet_again_adds_nothing_and_tells_what_changed() -> None:
    imported("customers", POLISH, NOW)
    again = imported("customers", POLISH.replace("József Szűcs", "Szűcs József"), NOW)
    assert (again.added, again.known, again.changed, again.refused) == (0, 1, 1, 5)
    assert Customer.objects.count() == 2


def test_columns_are_mapped_by_hand_where_the_guess_fails() -> None:
    sheet = "a,b\nK9,Anna\n"
    with pytest.raises(MissingColumns) as told:
        imported("customers", sheet, NOW)
    assert told.value.details == {"missing": "number, name", "found": "a, b"}
    assert imported("customers", sheet, NOW, number="a", name="b").added == 1


def test_sheet_of_excel_lands_with_its_own_dates_and_numbers() -> None:
    site = a_site(NOW)
    a_job_type()
    number = site.customer.number
    hours = [datetime(2026, 11, 24, hour, tzinfo=UTC).replace(tzinfo=None) for hour in (10, 12)]
    sheet = an_xlsx(
        ["Visit number", "Customer number", "Job type", "From", "To", "Description"],
        ["V-1", number, "Naprawa światłowodu", *hours, "Ring"],
        ["V-2", number, "fibre-repair", "24.11.2026 10:00", "2026-11-24 12:00", None],
        ["V-3", number, "Fibre repair", "2026. 11. 24. 10:00", "2026-11-24T12:00:00+01:00", None],
        ["V-4", number, "gardening", "2026-11-24 10:00", "2026-11-24 12:00", None],
        ["V-5", number, "fibre-repair", "soon", "2026-11-24 12:00", None],
        ["V-6", number, "fibre-repair", "2020-11-24 10:00", "2020-11-24 12:00", None],
        ["V-7", "nobody", "fibre-repair", "2026-11-24 10:00", "2026-11-24 12:00", None],
        ["V-8", number, "fibre-repair", "=NOW()", "2026-11-24 12:00", None],
    )
    run = imported("visits", sheet, NOW, file="wizyty.xlsx")
    assert [line for line, _ in reasons(run)] == [5, 6, 7, 8, 9]
    assert reasons(run)[1][1] == "“From” is not a date and time: “soon”. Write 2026-11-24 10:00."
    assert reasons(run)[4][1] == "“From” holds a formula without a saved result."
    assert {visit.window_from for visit in Visit.objects.all()} == {datetime(2026, 11, 24, 9, 0, tzinfo=UTC)}
    assert Visit.objects.count() == 3
    again = imported("visits", sheet, NOW, file="wizyty.xlsx")
    assert (again.added, again.known) == (0, 3)


def test_technicians_get_their_account_and_skills() -> None:
    sheet = (
        "Kod;Imię i nazwisko;E-mail;Telefon;Umiejętności\nT1;Jan Kowalski;jan@example.com;602300400;fibre, tv\nT2;Ola;jan@example.com;;\n"
    )
    run = imported("technicians", sheet, NOW)
    assert (run.added, reasons(run)) == (1, [(3, "Somebody already signs in with this e-mail address.")])
    technician = Technician.objects.get()
    assert sorted(skill.code for skill in technician.skills.all()) == ["fibre", "tv"]
    assert imported("technicians", sheet.replace("fibre, tv", "tv"), NOW).changed == 1


def test_large_sheet_waits_for_a_worker_and_is_worked_through_once() -> None:
    run = take_sheet("customers", "a.csv", POLISH.encode(), actor=SYSTEM, now=NOW)
    waiting = land_import(run.pk, actor=SYSTEM, now=NOW, at_once=0)
    assert (waiting.state, waiting.done) == ("landing", 0)
    do_jobs()
    work_import(run.pk, now=NOW)
    assert reasons(import_for(SYSTEM, run.pk)) == REFUSED
    assert (import_for(SYSTEM, run.pk).state, Customer.objects.count()) == ("landed", 2)


def test_run_of_a_killed_worker_goes_on_where_it_stopped() -> None:
    lines = [f"N{number},Name {number}" for number in range(698)]
    sheet = "\n".join(["number,name", *lines, "N3,Again", "N698,Last"])
    run = take_sheet("customers", "a.csv", sheet.encode(), actor=SYSTEM, now=NOW)
    land_import(run.pk, actor=SYSTEM, now=NOW, at_once=0)
    # What a worker killed after its first batch leaves behind.
    ImportRun.objects.filter(pk=run.pk).update(done=500, added=500)
    do_jobs()
    landed = import_for(SYSTEM, run.pk)
    assert (landed.done, landed.added, Customer.objects.count()) == (700, 699, 199)
    assert reasons(landed) == [(700, "“number” N3 is already in line 5.")]
