"""What the code says and no catalogue knows is put where a translator finds it."""

from pathlib import Path

import pytest

from blisko.ui.words import read_po
from tests.house.plant import write
from tools import find_words


def entries(root: Path, app: str, language: str) -> dict[str, tuple[str, dict[int, str]]]:
    return {entry.key: (entry.plural, entry.forms) for entry in read_po(find_words.catalogue_of(app, language, root)) if entry.key}


def test_new_words_get_an_empty_entry_in_the_catalogue_of_their_app(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "blisko/visits/views.py", 'gettext("Moved")\nngettext("{n} visit", "{n} visits", 2)\npgettext("month", "May")')
    write(tmp_path, "config/menu.py", 'gettext("The \\"day\\"")')
    find_words.main(tmp_path)
    empty = {0: ""}
    assert entries(tmp_path, "visits", "pl") == {
        "Moved": ("", empty),
        "{n} visit": ("{n} visits", {0: "", 1: ""}),
        "month\x04May": ("", empty),
    }
    assert entries(tmp_path, "ui", "hu") == {'The "day"': ("", empty)}
    assert "pl visits: 3 entries, 3 to translate, 0 said by nobody" in capsys.readouterr().out


def test_what_is_translated_stays_and_what_nobody_says_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "blisko/visits/views.py", 'gettext("Moved")')
    find_words.main(tmp_path)
    po = find_words.catalogue_of("visits", "pl", tmp_path)
    po.write_text(
        po.read_text().replace('msgstr ""\n', 'msgstr "Przeniesiona"\n').replace('msgid ""\nmsgstr "Przeniesiona"', 'msgid ""\nmsgstr ""')
    )
    write(tmp_path, "blisko/visits/views.py", 'gettext("Booked")')
    find_words.main(tmp_path)
    assert entries(tmp_path, "visits", "pl") == {"Moved": ("", {0: "Przeniesiona"}), "Booked": ("", {0: ""})}
    assert "pl visits: 2 entries, 1 to translate, 1 said by nobody\n    'Moved'" in capsys.readouterr().out
