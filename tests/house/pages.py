"""Pages: nothing inline, nothing from strangers, every word in every language."""

import re
from collections.abc import Iterator

from blisko.ui.words import Entry, Said, parse_po, plural_forms, refusals_in, said_in_python, said_in_template, wrong_with
from tests.house.source import Fault, House, Source

LANGUAGES = ("pl", "hu")

COMMENT = re.compile(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|<!--.*?-->", re.DOTALL)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
INLINE = (
    (
        re.compile(r"<script(?![^>]*\bsrc\s*=)(?![^>]*type=[\"']application/json[\"'])[^>]*>", re.IGNORECASE),
        "An island, not an inline script.",
    ),
    (re.compile(r"<style\b", re.IGNORECASE), "A class of the style sheet, not a <style>."),
    (re.compile(r"<[a-z][^>]*\sstyle\s*=", re.IGNORECASE), "A class of the style sheet, not style=."),
    (re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE), "An island's listener, not an on…= attribute."),
    (re.compile(r"(?:href|src|action)\s*=\s*[\"']\s*javascript:", re.IGNORECASE), "A button and an island, not javascript:."),
)
STRANGER = re.compile(r"\b(?:src|href|srcset|action|formaction|poster|data|content)\s*=\s*[\"']\s*(?:https?:)?//", re.IGNORECASE)
STRANGER_IN_CSS = re.compile(r"(?:url\(\s*[\"']?|@import\s+[\"'])(?:https?:)?//", re.IGNORECASE)
FORM = re.compile(r"<form\b[^>]*\bmethod\s*=\s*[\"']?post.*?</form>", re.IGNORECASE | re.DOTALL)
NO_WORDS = re.compile(
    r"{%\s*blocktrans.*?endblocktrans(?:late)?\s*%}|{%\s*block \w*class\s*%}.*?{%\s*endblock|<(script|style|code|svg)\b.*?</\1>", re.DOTALL
)
SPOKEN = re.compile(r"\s(?:aria-label|title|alt|placeholder)\s*=\s*[\"']([^\"'<>]*[^\W\d_]{2}[^\"'<>]*)")
BARE = re.compile(r"([^\W\d_]{2}[^\n]*)")
MARKUP = re.compile(r"<[^>]*>")
UNESCAPED = re.compile(r"\|\s*safe(?:seq)?\b|{%\s*autoescape\s+off")
BORROWED = re.compile(r"{%\s*(?:include|extends)\s+[\"']([a-z_]+)/")


def inline_code(house: House) -> Iterator[Fault]:
    for source in house.files(".html"):
        for pattern, sentence in INLINE:
            yield from _hits(source, pattern, without=TAG, sentence=f"The content security policy forbids it: {sentence}")


def strangers_on_the_page(house: House) -> Iterator[Fault]:
    sentence = "Serve it from here: a page brings in and links to nobody else."
    for source in house.files(".html"):
        yield from _hits(source, STRANGER, sentence)
    for source in house.files(".css"):
        yield from _hits(source, STRANGER_IN_CSS, sentence)


def raw_words(house: House) -> Iterator[Fault]:
    for source in house.files(".html"):
        yield from _hits(source, UNESCAPED, "Words of strangers are escaped: build markup with `format_html`, not with |safe.")


def forms_without_guard(house: House) -> Iterator[Fault]:
    for source in house.files(".html"):
        for match in FORM.finditer(source.text):
            if "csrf_token" not in match[0]:
                yield source.fault(_line(source, match.start()), "A form that changes something carries {% csrf_token %}.")


def borrowed_templates(house: House) -> Iterator[Fault]:
    for source in house.files(".html"):
        for match in BORROWED.finditer(source.text):
            if match[1] in house.apps and match[1] not in (source.app, "ui"):
                yield source.fault(_line(source, match.start()), f"Templates are shared through ui only, not from `{match[1]}`.")


def words_not_translated(house: House) -> Iterator[Fault]:
    catalogues = {source: parse_po(source.text, source.path) for source in house.files(".po") if _language(source) in LANGUAGES}
    for source, entries in catalogues.items():
        plurals = plural_forms(entries)
        for entry in entries:
            if entry.key and (wrong := wrong_with(entry, plurals)):
                yield source.fault(
                    entry.line, f"Translate “{entry.key[:60]}”: it is {wrong}." if entry.is_missing else f"“{entry.key[:60]}” {wrong}."
                )
    if not catalogues:
        return
    for language in LANGUAGES:
        known: dict[tuple[str, str], Entry] = {}
        for source, entries in catalogues.items():
            if _language(source) == language:
                yield from _said_otherwise(source, entries, known)
        for source, words in _said(house):
            if (words.key, words.plural) not in known:
                yield source.fault(
                    words.line, f"“{words.key[:60]}” is in no {language} catalogue: run `python -m tools.find_words` and translate it."
                )


def _said_otherwise(source: Source, entries: list[Entry], known: dict[tuple[str, str], Entry]) -> Iterator[Fault]:
    """Yield words that another catalogue translates otherwise: Django would show one of them everywhere."""
    for entry in entries:
        first = known.setdefault((entry.key, entry.plural), entry)
        if entry.key and entry.forms.get(0) != first.forms.get(0):
            yield source.fault(
                entry.line, f"“{entry.key[:60]}” is translated otherwise elsewhere; agree, or tell the two apart by a context."
            )


def _said(house: House) -> Iterator[tuple[Source, Said]]:
    """Yield the words that code says and that can be read without running anything."""
    refusals = refusals_in(node for source in house.product for node in source.nodes)
    for source in house.product:
        yield from ((source, words) for words in said_in_python(source.nodes, refusals))
    for source in house.files(".html", ".txt", under=("blisko",)):
        yield from ((source, words) for words in said_in_template(source.text))


def words_unmarked(house: House) -> Iterator[Fault]:
    for source in house.files(".html"):
        text = _blanked(TAG, _blanked(NO_WORDS, _blanked(COMMENT, source.text)))
        for match in (*SPOKEN.finditer(text), *BARE.finditer(_blanked(MARKUP, text))):
            yield source.fault(
                _line(source, match.start(1)), f"“{match[1].strip()[:40]}” is in one language only: mark it with {{% translate %}}."
            )


def _language(source: Source) -> str:
    return source.parts[source.parts.index("locale") + 1] if "locale" in source.parts else ""


def _hits(source: Source, pattern: re.Pattern[str], sentence: str, without: re.Pattern[str] | None = None) -> Iterator[Fault]:
    text = _blanked(COMMENT, source.text)
    text = _blanked(without, text) if without else text
    for match in pattern.finditer(text):
        yield source.fault(_line(source, match.start()), sentence)


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def _line(source: Source, offset: int) -> int:
    return source.text.count("\n", 0, offset) + 1
