"""Catalogues without the gettext tools."""

import ast
import gettext
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from blisko.ui.management.commands.compile_words import missing_words
from blisko.ui.words import (
    BadCatalogue,
    parse_po,
    plural_forms,
    read_po,
    refusals_in,
    said_in_python,
    said_in_template,
    write_mo,
    wrong_with,
)

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'


def catalogue(folder: Path, body: str, app: str = "shop") -> Path:
    place = folder / "blisko" / app / "locale" / "pl" / "LC_MESSAGES"
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


def said(code: str) -> list[tuple[str, str]]:
    nodes = list(ast.walk(ast.parse(code)))
    return sorted((words.key, words.plural) for words in said_in_python(nodes, refusals_in(nodes)))


def test_words_are_found_where_code_says_them() -> None:
    code = 'from x import gettext as _\n_("one")\ngettext_lazy("two")\nngettext("{n} day", "{n} days", 3)\npgettext("a", "b")\n_(f"{no}")\n'
    assert said(code) == [("a\x04b", ""), ("one", ""), ("two", ""), ("{n} day", "{n} days")]
    assert said('npgettext("a", "one", "many", n)') == [("a\x04one", "many")]


def test_a_refusal_is_heard_in_its_class_and_where_it_is_raised() -> None:
    code = 'class Late(Refusal):\n    words = "Too late."\nclass Later(kit.Late):\n    words: str = "Later."\n'
    code += 'raise Later("Now." if x else "Then.", details={"a": "b"})\nraise ValueError("for us")\nclass Other:\n    words = "nobody\'s"\n'
    assert said(code) == [("Later.", ""), ("Now.", ""), ("Then.", ""), ("Too late.", "")]


def test_what_a_permission_allows_is_said() -> None:
    assert said('PERMISSIONS: dict[str, str] = {"shop.sell": "Sell things"}\nOTHER = {"a": "b"}\n') == [("Sell things", "")]


def test_words_are_found_where_a_template_says_them() -> None:
    page = "{% load i18n %}\n{% translate \"It's here\" %}{% translate 'May' context 'month' %}{% include 'x' with title=_('Title') %}\n"
    page += "{% blocktranslate count n=n %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}"
    page += "{% blocktranslate trimmed with a=b %}\n  A {{ a }}\n  is 5 %\n{% endblocktranslate %}"
    assert list(said_in_template(page)) == [
        ("It's here", "", 2), ("month\x04May", "", 2), ("Title", "", 2), ("%(n)s day", "%(n)s days", 3), ("A %(a)s is 5 %%", "", 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ('msgid "Hi {name}"\nmsgstr "Cześć {name}"', ""),
        ('msgid "Hi {name}"\nmsgstr "Cześć {imię}"', "says imię"),
        ('msgid "Hi %(name)s"\nmsgstr "Cześć"', "leaves out name"),
        ('# without name: names are declined\nmsgid "Hi %(name)s"\nmsgstr "Cześć"', ""),
        ('msgid "Write {{ for a brace"\nmsgstr "Zapisz {{"', ""),
        ('msgid "{n} day"\nmsgid_plural "{n} days"\nmsgstr[0] "{n} dzień"', "needs 2 plural forms"),
        ('msgid "{n} day"\nmsgid_plural "{n} days"\nmsgstr[0] "{n} dzień"\nmsgstr[1] "{n} dni"\nmsgstr[2] "x"', "needs 2 plural forms"),
        ('msgid "a day"\nmsgid_plural "{n} days"\nmsgstr[0] "dzień"\nmsgstr[1] "{n} dni"', ""),
        ('msgid "a day"\nmsgid_plural "{n} days"\nmsgstr[0] "{k} dzień"\nmsgstr[1] "{n} dni"', "says k"),
        ('msgid "a"\nmsgstr[0] "b"\nmsgstr[1] "c"', "no msgid_plural"),
    ],
)
def test_a_translation_that_breaks_its_words_is_told(body: str, wrong: str) -> None:
    entries = parse_po(HEAD + body)
    told = wrong_with(entries[1], plural_forms(entries))
    assert wrong in told
    assert bool(wrong) == bool(told)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('msgid "Good day"\nmsgstr "Dzień dobry"\n', []),
        ('msgid "Good day"\nmsgstr ""\n', ["not translated"]),
        ('#, fuzzy\nmsgid "Good day"\nmsgstr "Zły dzień"\n', ["not translated or fuzzy"]),
        ('msgid "Other"\nmsgstr "Inne"\n', ["no entry"]),
        ('msgid "Good day"\nmsgid_plural "Good days"\nmsgstr[0] "Dzień"\nmsgstr[1] ""\n', ["not translated", "no entry"]),
    ],
)
def test_a_missing_or_fuzzy_word_is_told(tmp_path: Path, body: str, told: list[str]) -> None:
    catalogue(tmp_path, body)
    (tmp_path / "blisko" / "shop" / "views.py").write_text('gettext("Good day")')
    lines = missing_words(tmp_path, ["pl"], write=False)
    assert len(lines) == len(told)
    assert all(part in line for part, line in zip(told, lines, strict=True))
    assert not list(tmp_path.rglob("*.mo"))


def test_the_command_compiles_everything() -> None:
    out = StringIO()
    call_command("compile_words", stdout=out)
    assert "words: 0 missing in pl, hu" in out.getvalue()
