"""Catalogues without the gettext tools."""

import gettext
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from blisko.ui.management.commands.compile_words import missing_words
from blisko.ui.words import BadCatalogue, read_po, said_in_python, said_in_template, write_mo

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'


def catalogue(folder: Path, body: str, app: str = "shop") -> Path:
    place = folder / app / "locale" / "pl" / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "django.po").write_text(HEAD + body, "utf-8")
    return place / "django.po"


def test_a_catalogue_is_read_as_gettext_reads_it(tmp_path: Path) -> None:
    po = catalogue(
        tmp_path,
        '# a note\nmsgid "Hello"\nmsgstr "Cześć"\n\nmsgctxt "month"\nmsgid "May"\nmsgstr "Maj"\n\n'
        'msgid "{n} day"\nmsgid_plural "{n} days"\nmsgstr[0] "{n} dzień"\nmsgstr[1] ""\n"{n} dni"\n\n'
        'msgid ""\n"long "\n"words"\nmsgstr "długie \\"słowa\\"\\n"\n\n#~ msgid "old"\n#~ msgstr "stare"\n',
    )
    write_mo(read_po(po), tmp_path / "x.mo")
    with (tmp_path / "x.mo").open("rb") as file:
        words = gettext.GNUTranslations(file)
    assert words.gettext("Hello") == "Cześć"
    assert words.pgettext("month", "May") == "Maj"
    assert [words.ngettext("{n} day", "{n} days", n) for n in (1, 5)] == ["{n} dzień", "{n} dni"]
    assert words.gettext("long words") == 'długie "słowa"\n'
    assert words.gettext("old") == "old"


def test_a_line_that_means_nothing_is_named(tmp_path: Path) -> None:
    po = catalogue(tmp_path, 'msgid "a"\nmsgstr "b\n')
    with pytest.raises(BadCatalogue, match=r"django\.po:7"):
        read_po(po)


def test_words_are_found_where_they_are_said() -> None:
    code = 'from x import gettext as _\n_("one")\ngettext_lazy("two")\nngettext("{n} day", "{n} days", 3)\npgettext("a", "b")\n_(f"{no}")\n'
    code += 'class Late(Refusal):\n    words = "Too late."\n'
    assert set(said_in_python(code)) == {"one", "two", "{n} day", "a\x04b", "Too late."}
    page = "{% load i18n %}"
    page += '{% translate "It\'s here" %}{% blocktranslate count n=n %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}'
    assert set(said_in_template(page)) == {"It's here", "%(n)s day"}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('msgid "Good day"\nmsgstr "Dzień dobry"\n', []),
        ('msgid "Good day"\nmsgstr ""\n', ["not translated"]),
        ('#, fuzzy\nmsgid "Good day"\nmsgstr "Zły dzień"\n', ["not translated or fuzzy"]),
        ('msgid "Other"\nmsgstr "Inne"\n', ["no entry"]),
        ('msgid "Good day"\nmsgid_plural "Good days"\nmsgstr[0] "Dzień"\nmsgstr[1] ""\n', ["not translated"]),
    ],
)
def test_a_missing_or_fuzzy_word_is_told(tmp_path: Path, body: str, told: list[str]) -> None:
    catalogue(tmp_path, body)
    (tmp_path / "shop" / "views.py").write_text('gettext("Good day")')
    lines = missing_words(tmp_path, ["pl"], write=False)
    assert len(lines) == len(told)
    assert all(part in line for part, line in zip(told, lines, strict=True))
    assert not list(tmp_path.rglob("*.mo"))


def test_the_words_of_ui_and_of_refusals_are_complete() -> None:
    house = Path(__file__).resolve().parents[2]
    lines = missing_words(house, ["pl", "hu"], write=False)
    assert [line for line in lines if "/blisko/ui/" in line or "/blisko/kit/" in line] == []


def test_the_command_compiles_everything() -> None:
    out = StringIO()
    call_command("compile_words", stdout=out)
    assert "missing in pl, hu" in out.getvalue()
