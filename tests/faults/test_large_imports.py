"""A hundred thousand lines, CSV and XLSX: within minutes, and within 500 MB."""

import os
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import psycopg
import pytest

from tests import platform

LINES = 100_000
MEMORY_LIMIT = 500 * 1024 * 1024
SECONDS_LIMIT = 400  # on two cores shared with other work; alone it is a couple of minutes
# The command that an operator would type, which tells its own peak at the end.
MEASURED = """
import re, sys, time
from pathlib import Path
from config.cli import main
began = time.monotonic()
main(sys.argv[1:])
# Not getrusage: a process inherits the peak of whoever started it.
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024
print(f"peak {peak} seconds {time.monotonic() - began:.0f}")
"""
HEADER = ["Nr klienta", "Nazwa", "Telefon", "E-mail", "Ulica", "Kod pocztowy", "Miasto", "Szerokość", "Długość"]
pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(900)]


def line(number: int) -> list[str | float]:
    phone = f"+48 601 {number // 1000:03d} {number % 1000:03d}"
    return [f"L{number}", f"Łucja Źrebięca {number}", phone, f"l{number}@example.com", f"Żółta {number}", "00-001", "Łódź", 52.1, 21.0]


def write(path: Path) -> None:
    if path.suffix == ".csv":
        rows = [
            ";".join(str(cell).replace(".1", ",1") if isinstance(cell, float) else str(cell) for cell in line(number))
            for number in range(LINES)
        ]
        path.write_text("\n".join([";".join(HEADER), *rows]), encoding="cp1250")
        return
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADER)
    for number in range(LINES):
        sheet.append(line(number))
    book.save(path)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_hundred_thousand_lines_land_within_bounds(running_platform: platform.Platform, tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"customers.{kind}"
    write(file)
    with psycopg.connect(running_platform.database_url, autocommit=True) as server:
        before = server.execute("SELECT count(*) FROM customers_customer WHERE number LIKE 'L%'").fetchone()
        command = [sys.executable, "-c", MEASURED, "import", "customers", str(file)]
        env = {**os.environ, **running_platform.env, "DJANGO_SETTINGS_MODULE": "config.settings"}
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
        after = server.execute("SELECT count(*) FROM customers_customer WHERE number LIKE 'L%'").fetchone()
    found = re.search(r"peak (\d+) seconds (\d+)", done.stdout)
    assert before and after and found
    print(f"{kind}: {file.stat().st_size / 1e6:.1f} MB, {done.stdout.strip()}")
    way = "Windows-1250, ;" if kind == "csv" else "XLSX"
    told = f"{LINES} lines read as {way}: {LINES - before[0]} added, 0 changed, {before[0]} known, 0 refused"
    assert told in done.stdout
    assert after[0] == LINES
    assert int(found[1]) < MEMORY_LIMIT
    assert int(found[2]) < SECONDS_LIMIT
