"""Sheets that are broken, wrong or meant to hurt: refused or told line by line."""

import io
import zipfile
from datetime import UTC, datetime

import pytest

from blisko.customers.models import Customer
from blisko.imports.tests.make import an_xlsx, imported, reasons, repacked
from blisko.kit.sheets import BadSheet
from blisko.kit.sheets_open import open_sheet

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
HEADER = ["number", "name"]
BOMB = "This file unpacks to far more than it seems to hold, so we did not open it."
NOT_XLSX = "This is not an XLSX file, whatever its name says."


def refusal_of(content: bytes, name: str = "sheet.csv") -> str:
    with pytest.raises(BadSheet) as told:
        list(open_sheet(content, name).lines)
    return str(told.value.words).format(**told.value.details)


def test_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = repacked(an_xlsx(HEADER), sheet1=b"<worksheet><sheetData>" + b" " * 60_000_000)
    assert len(bomb) < 100_000
    assert refusal_of(bomb, "a.xlsx") == BOMB


def test_zip_that_lies_about_its_size_is_refused() -> None:
    bomb = bytearray(repacked(an_xlsx(HEADER), sheet1=b"<worksheet><sheetData>" + b" " * 60_000_000))
    big = (60_000_022).to_bytes(4, "little")
    while (at := bomb.find(big)) >= 0:
        bomb[at : at + 4] = (1000).to_bytes(4, "little")
    assert refusal_of(bytes(bomb), "a.xlsx") in (BOMB, NOT_XLSX, "The file is broken from line 1 on; nothing below it was read.")


def test_xml_bomb_is_refused() -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{levels}]>'
    bomb = f'{head}<worksheet><sheetData><row r="1"><c t="str"><v>&l9;</v></c></row></sheetData></worksheet>'
    assert refusal_of(repacked(an_xlsx(HEADER), sheet1=bomb.encode()), "a.xlsx")
    strings = bomb.replace("worksheet>", "sst>")
    assert refusal_of(repacked(an_xlsx(HEADER), sharedStrings=strings.encode()), "a.xlsx") == NOT_XLSX


def test_file_that_is_not_what_its_name_says_is_refused() -> None:
    assert refusal_of(b"number;name\n1;A\n", "a.xlsx") == NOT_XLSX
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as packed:
        packed.writestr("hello.txt", "hello")
    assert refusal_of(plain.getvalue(), "a.xlsx") == NOT_XLSX
    assert "XLSX without a password" in refusal_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "old.xls")
    assert refusal_of(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a.csv")


@pytest.mark.parametrize("content", [b"", b"\n\n\n", b";;;\n", an_xlsx()])
def test_empty_sheet_is_refused(content: bytes) -> None:
    assert refusal_of(content) == "This sheet is empty."


def test_letters_that_cannot_be_read_are_refused() -> None:
    assert refusal_of(b"number;name\n1;\x81\x83\n") == "The letters of this file cannot be read. Save it as UTF-8 and try again."
    assert (
        refusal_of("number;name".encode("utf-16") + b"\x00") == "The letters of this file cannot be read. Save it as UTF-8 and try again."
    )


def test_too_many_columns_and_too_long_cells_are_refused() -> None:
    assert refusal_of((";".join(map(str, range(500))) + "\n").encode()).startswith("Line 1 has too many columns")
    assert refusal_of(
        repacked(an_xlsx(HEADER), sheet1=b'<worksheet><sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData></worksheet>'),
        "a.xlsx",
    ).startswith("Line 1 has too many columns")
    assert refusal_of(b"number;name\n1;" + b"x" * 40_000 + b"\n") == "The file is broken from line 2 on; nothing below it was read."


@pytest.mark.django_db
def test_file_that_breaks_off_lands_what_stood_before() -> None:
    run = imported("customers", 'number;name\n1;Anna\n2;"never closed\n3;Jan\n', NOW)
    assert (run.state, run.added, reasons(run)) == ("landed", 1, [(3, "The file is broken from line 3 on; nothing below it was read.")])
    assert Customer.objects.get().number == "1"


@pytest.mark.django_db
def test_lines_inside_quotes_do_not_shift_the_numbers() -> None:
    run = imported("customers", 'number,name\r\n1,"Anna\r\nMaria"\r\n2,\r\n', NOW)
    assert reasons(run) == [(4, "“name” is empty.")]


@pytest.mark.django_db
def test_formula_without_a_result_and_failed_formula_are_told() -> None:
    sheet = (
        b'<worksheet><sheetData><row r="1"><c t="str"><v>number</v></c><c t="str"><v>name</v></c></row>'
        b'<row r="2"><c><v>1</v></c><c><f>A1</f></c></row><row r="3"><c><v>2</v></c><c t="e"><v>#REF!</v></c></row>'
        b'<row r="9"><c><v>3</v></c><c t="str"><f>A1</f><v>Anna</v></c></row></sheetData></worksheet>'
    )
    run = imported("customers", repacked(an_xlsx(HEADER), sheet1=sheet), NOW, file="a.xlsx")
    assert [line for line, _ in reasons(run)] == [2, 3]
    assert Customer.objects.get().name == "Anna"


def test_shared_strings_of_excel_are_read_without_their_pronunciation() -> None:
    strings = b"<sst><si><t>number</t></si><si><r><t>na</t></r><r><t>me</t></r></si><si><t>Anna</t><rPh><t>an-na</t></rPh></si></sst>"
    sheet = (
        b'<worksheet><sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
        b'<row><c><v>7</v></c><c t="s"><v>2</v></c></row><row><c><v>8</v></c><c t="s"><v>99</v></c></row></sheetData></worksheet>'
    )
    found = open_sheet(repacked(an_xlsx(HEADER), sheet1=sheet, sharedStrings=strings), "a.xlsx")
    assert found.header == ["number", "name"]
    assert next(found.lines).cells == [7, "Anna"]
    with pytest.raises(BadSheet):
        next(found.lines)
