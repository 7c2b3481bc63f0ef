"""Pages: nothing inline, nothing from strangers, every word in every language."""

import ast
import re
from collections.abc import Iterator

from tests.house.source import Fault, House, Source

LANGUAGES = ("pl", "hu")
MARKS = frozenset({"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "gettext_noop"})

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
UNESCAPED = re.compile(r"\|\s*safe(?:seq)?\b|{%\s*autoescape\s+off")
BORROWED = re.compile(r"{%\s*(?:include|extends)\s+[\"']([a-z_]+)/")
TRANSLATED = re.compile(r"{%\s*trans(?:late)?\s+(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')")


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
    catalogues = {source.path: _entries(source) for source in house.files(".po")}
    for source in house.files(".po"):
        if _language(source) in LANGUAGES:
            for line, msgid, complete in catalogues[source.path]:
                if msgid and not complete:
                    yield source.fault(line, f"Translate “{msgid[:60]}” (empty, partial or fuzzy).")
    if not catalogues:
        return
    for language in LANGUAGES:
        known = {msgid for path, entries in catalogues.items() if f"/{language}/" in path for _, msgid, _ in entries}
        for source, line, msgid in _marked(house):
            if msgid not in known:
                yield source.fault(line, f"“{msgid[:60]}” is in no {language} catalogue: run makemessages and translate it.")


def _marked(house: House) -> Iterator[tuple[Source, int, str]]:
    """Yield the words marked for translation that can be read without running anything."""
    for source in house.product:
        for node in source.nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS and node.args:
                first = node.args[1] if node.func.id.startswith("pgettext") and len(node.args) > 1 else node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield source, node.lineno, first.value
            elif isinstance(node, ast.ClassDef) and source.room == "errors":
                yield from ((source, line, words) for line, words in _refusal_words(node))
    for source in house.files(".html", ".txt", under=("blisko",)):
        for match in TRANSLATED.finditer(source.text):
            yield source, _line(source, match.start()), match[1][1:-1].replace('\\"', '"').replace("\\'", "'")


def _refusal_words(refusal: ast.ClassDef) -> Iterator[tuple[int, str]]:
    """Yield the sentence a refusal says; the middleware translates it, so that errors.py need not know Django."""
    for node in refusal.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "words" and isinstance(node.value, ast.Constant):
            yield node.lineno, str(node.value.value)


def _entries(source: Source) -> list[tuple[int, str, bool]]:
    """Read a catalogue: (line, msgid, whether it is translated in full and not fuzzy)."""
    entries: list[tuple[int, str, bool]] = []
    for block in re.finditer(r"(?:^[^\n]+\n?)+", source.text, re.MULTILINE):
        lines = [line for line in block[0].splitlines() if not line.startswith("#~")]
        fuzzy = any(line.startswith("#,") and "fuzzy" in line for line in lines)
        fields: list[tuple[str, str]] = []
        for line in lines:
            if line.startswith("msg"):
                name, _, words = line.partition(" ")
                fields.append((name, _unquoted(words)))
            elif line.startswith('"') and fields:
                fields[-1] = (fields[-1][0], fields[-1][1] + _unquoted(line))
        msgid = next((words for name, words in fields if name == "msgid"), None)
        if msgid is not None:
            told = [words for name, words in fields if name.startswith("msgstr")]
            entries.append((_line(source, block.start()), msgid, bool(told) and all(told) and not fuzzy))
    return entries


def _unquoted(words: str) -> str:
    return str(ast.literal_eval(words.strip())) if words.strip().startswith('"') else ""


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
