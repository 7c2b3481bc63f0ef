"""Catalogues of words without the gettext tools: read .po, write .mo, find what the code says.

A bare machine has no `msgfmt`, so the little that is needed of it is here (format: GNU gettext manual, "The Format of
GNU MO Files").
"""

import ast
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation.template import templatize

CONTEXT_END = "\x04"
CALLS = {
    "_": 1,
    "gettext": 1,
    "gettext_lazy": 1,
    "gettext_noop": 1,
    "ngettext": 2,
    "ngettext_lazy": 2,
    "pgettext": -1,
    "pgettext_lazy": -1,
    "npgettext": -2,
}


@dataclass
class Entry:
    """One message: `key` is msgid, with its context in front as in a .mo file."""

    key: str = ""
    plural: str = ""
    forms: dict[int, str] = field(default_factory=dict)
    is_fuzzy: bool = False

    @property
    def is_missing(self) -> bool:
        return self.is_fuzzy or not self.forms or not all(self.forms.values())


class BadCatalogue(ValueError):
    """A .po file with a line that means nothing; the message names file and line."""


def read_po(path: Path) -> list[Entry]:
    """Answer the entries of a .po file, its header (empty key) among them; obsolete lines (#~) are passed over."""
    entries: list[Entry] = []
    now, context, slot = Entry(), "", ""
    for number, raw in enumerate(path.read_text("utf-8").splitlines(), 1):
        line = raw.strip()
        if line.startswith("#"):
            if line.startswith("#,") and "fuzzy" in line:
                now, context, slot = Entry(is_fuzzy=True), "", "flag"
            continue
        if not line:
            continue
        match = re.fullmatch(r'(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[(\d+)\])?)\s+)?"(.*)"', line)
        if not match or not (match[1] or slot):
            raise BadCatalogue(f"{path}:{number}: {line}")
        words = ast.literal_eval(f'"{match[3]}"')
        if match[1]:
            if match[1] == "msgctxt" or (match[1] == "msgid" and slot != "msgctxt"):
                now, context = (now if slot == "flag" else Entry()), ""
            slot = match[1]
        if slot == "msgctxt":
            context += words
        elif slot == "msgid":
            if match[1]:
                entries.append(now)
                now.key = context + CONTEXT_END if context else ""
            now.key += words
        elif slot == "msgid_plural":
            now.plural += words
        else:
            form = int(match[2] or 0) if match[1] else max(now.forms)
            now.forms[form] = now.forms.get(form, "") + words
    return entries


def write_mo(entries: list[Entry], path: Path) -> None:
    """Write the finished entries as a .mo file, sorted as the format wants them."""
    ready = sorted(
        (
            (entry.key + ("\0" + entry.plural if entry.plural else "")).encode(),
            "\0".join(entry.forms[form] for form in sorted(entry.forms)).encode(),
        )
        for entry in entries
        if not entry.is_missing
    )
    count, head = len(ready), 28
    start = head + 16 * count
    ids: list[bytes] = []
    words: list[bytes] = []
    offset = start
    for table, column in ((ids, 0), (words, 1)):
        for pair in ready:
            table.append(struct.pack("<II", len(pair[column]), offset))
            offset += len(pair[column]) + 1
    data = b"".join(pair[0] + b"\0" for pair in ready) + b"".join(pair[1] + b"\0" for pair in ready)
    header = struct.pack("<7I", 0x950412DE, 0, count, head, head + 8 * count, 0, start)
    path.write_bytes(header + b"".join(ids) + b"".join(words) + data)


def said_in_python(source: str) -> Iterator[str]:
    """Give the keys of every gettext call with plain words, and the `words` of refusals."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            kind = CALLS.get(str(name))
            if kind and len(texts) >= abs(kind):
                yield texts[0] if kind > 0 else texts[0] + CONTEXT_END + texts[1]
        elif isinstance(node, ast.ClassDef):
            yield from _refusal_words(node)


def _refusal_words(node: ast.ClassDef) -> Iterator[str]:
    for line in node.body:
        targets = line.targets if isinstance(line, ast.Assign) else [line.target] if isinstance(line, ast.AnnAssign) else []
        value = getattr(line, "value", None)
        if any(isinstance(target, ast.Name) and target.id == "words" for target in targets):
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def said_in_template(source: str) -> Iterator[str]:
    """Give the keys of a Django template, by way of Django's own translation of it into calls."""
    text = templatize(source)
    string = r'u?((?:"(?:[^"\\]|\\.)*")|(?:\'(?:[^\'\\]|\\.)*\'))'
    for match in re.finditer(rf"\b(pgettext|npgettext|ngettext|gettext|_)\({string}(?:,\s*{string})?", text):
        first = ast.literal_eval(match[2])
        yield first + CONTEXT_END + ast.literal_eval(match[3]) if match[1] in ("pgettext", "npgettext") else first


def said_in(folder: Path) -> dict[str, str]:
    """Answer every key said by code and templates under `folder`, with the file it was first met in; tests say nothing."""
    said: dict[str, str] = {}
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("templates/**/*.html"), *folder.rglob("templates/**/*.txt")]):
        if {"tests", "migrations", "node_modules"} & set(path.relative_to(folder).parts):
            continue
        source = path.read_text("utf-8")
        is_errors = "errors" in path.parts or path.name == "errors.py"
        keys = said_in_template(source) if path.suffix != ".py" else said_in_python(source)
        refusals = set() if is_errors or path.suffix != ".py" else _class_words(source)
        for key in keys:
            if key not in refusals:
                said.setdefault(key, str(path))
    return said


def _class_words(source: str) -> set[str]:
    """Answer `words` of classes outside errors.py, which are nobody's refusal."""
    return {key for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef) for key in _refusal_words(node)}
