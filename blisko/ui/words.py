"""Catalogues of words without the gettext tools: read .po, write .mo, find what the code says and what a language lacks.

A bare machine has no `msgfmt`, so the little that is needed of it is here (format: GNU gettext manual, "The Format of
GNU MO Files").
"""

import ast
import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

CONTEXT_END = "\x04"
ROOT_REFUSAL = "Refusal"
PERMISSIONS = "PERMISSIONS"
# Which arguments of a call are its context, its words and their plural.
CALLS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!\{)\{(\w+)\}(?!\})")
LEFT_OUT = re.compile(r"#\s*without ([\w, ]+):")
FUZZY = re.compile(r"^#,.*fuzzy", re.MULTILINE)
PLURALS = re.compile(r"nplurals\s*=\s*(\d+)")
STRING = r"u?((?:\"(?:[^\"\\]|\\.)*\")|(?:'(?:[^'\\]|\\.)*'))"
TEMPLATE_CALL = re.compile(rf"\b(npgettext|pgettext|ngettext|gettext|_)\({STRING}(?:,\s*{STRING})?(?:,\s*{STRING})?")


class Said(NamedTuple):
    """Words that code says: `key` as a catalogue has it (its context in front), `plural` where they are counted, the line."""

    key: str
    plural: str = ""
    line: int = 1


@dataclass
class Entry:
    """One message: `key` is msgid, with its context in front as in a .mo file; `notes` are the comments above it."""

    key: str = ""
    plural: str = ""
    forms: dict[int, str] = field(default_factory=dict)
    notes: str = ""
    line: int = 1

    @property
    def is_missing(self) -> bool:
        """Empty in one of its forms, or doubted by its translator."""
        return bool(FUZZY.search(self.notes)) or not self.forms or not all(self.forms.values())

    @property
    def left_out(self) -> set[str]:
        """Placeholders that the translator dropped on purpose: `# without name: why`."""
        found = LEFT_OUT.search(self.notes)
        return set(re.findall(r"\w+", found[1])) if found else set()

    @property
    def is_borrowed(self) -> bool:
        """Said by a library, not by us: `# said by allauth`."""
        return "# said by " in self.notes


class BadCatalogue(ValueError):
    """A .po file with a line that means nothing; the message names file and line."""


def read_po(path: Path) -> list[Entry]:
    """Answer the entries of a .po file, its header (empty key) among them; obsolete lines (#~) are passed over."""
    return parse_po(path.read_text("utf-8"), str(path))


def parse_po(text: str, name: str = "") -> list[Entry]:
    """Answer the entries of a catalogue's text, as `read_po` does; `name` is told with a line that means nothing."""
    entries: list[Entry] = []
    notes, context, slot = "", "", ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if line.startswith("#") or not line:
            notes = notes + line + "\n" if line else ""
            continue
        match = re.fullmatch(r'(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[(\d+)\])?)\s+)?"(.*)"', line)
        if not match or not (match[1] or slot):
            raise BadCatalogue(f"{name}:{number}: {line}")
        words = ast.literal_eval(f'"{match[3]}"')
        slot = match[1] or slot
        if slot == "msgctxt":
            context = words + CONTEXT_END if match[1] else context[:-1] + words + CONTEXT_END
        elif slot == "msgid":
            if match[1]:
                entries.append(Entry(context, notes=notes, line=number))
                notes, context = "", ""
            entries[-1].key += words
        elif slot == "msgid_plural":
            entries[-1].plural += words
        else:
            forms = entries[-1].forms
            form = int(match[2] or 0) if match[1] else max(forms)
            forms[form] = forms.get(form, "") + words
    return entries


def plural_forms(entries: Iterable[Entry]) -> int:
    """Answer how many plural forms a catalogue's header promises; nought when it promises none."""
    head = next((entry.forms.get(0, "") for entry in entries if not entry.key), "")
    found = PLURALS.search(head)
    return int(found[1]) if found else 0


def wrong_with(entry: Entry, plurals: int) -> str:
    """Answer what is wrong with one translation in a language of `plurals` forms, or nothing."""
    if entry.is_missing:
        return "not translated or fuzzy"
    if entry.plural and set(entry.forms) != set(range(plurals)):
        return f"needs {plurals} plural forms"
    if not entry.plural and set(entry.forms) != {0}:
        return "has plural forms and no msgid_plural"
    sources = [_placeholders(words) for words in (entry.key, entry.plural or entry.key)]
    for words in entry.forms.values():
        told = _placeholders(words)
        if strange := told - (sources[0] | sources[1]):
            return f"says {', '.join(sorted(strange))}, which nobody fills in"
        if dropped := (sources[0] & sources[1]) - told - entry.left_out:
            return f"leaves out {', '.join(sorted(dropped))}; if on purpose, say '# without {', '.join(sorted(dropped))}: why' above it"
    return ""


def _placeholders(words: str) -> set[str]:
    return {match[1] or match[2] for match in PLACEHOLDER.finditer(words)}


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


def refusals_in(nodes: Iterable[ast.AST]) -> set[str]:
    """Answer the names of all classes that are a `Refusal`, however far up."""
    bases = {node.name: {ast.unparse(base).rpartition(".")[2] for base in node.bases} for node in nodes if isinstance(node, ast.ClassDef)}
    known, before = {ROOT_REFUSAL}, 0
    while len(known) > before:
        before = len(known)
        known |= {name for name, above in bases.items() if above & known}
    return known


def said_in_python(nodes: Iterable[ast.AST], refusals: set[str]) -> Iterator[Said]:
    """Give the plain words of gettext calls, the `words` of refusals and those one is raised with, and what permissions allow."""
    for node in nodes:
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in CALLS:
                yield from _said_by_call(node, *CALLS[name])
            elif name in refusals and node.args:
                yield from (Said(words, line=node.lineno) for words in _either(node.args[0]))
        elif isinstance(node, ast.ClassDef) and node.name in refusals:
            for line in node.body:
                if _assigns(line, "words"):
                    yield from (Said(words, line=line.lineno) for words in _either(getattr(line, "value", None)))
        elif _assigns(node, PERMISSIONS) and isinstance(declared := getattr(node, "value", None), ast.Dict):
            yield from (Said(words, line=value.lineno) for value in declared.values for words in _either(value))


def _said_by_call(call: ast.Call, context: int | None, words: int, plural: int | None) -> Iterator[Said]:
    texts = [arg.value if isinstance(arg, ast.Constant) and isinstance(arg.value, str) else None for arg in call.args]
    wanted = [place for place in (context, words, plural) if place is not None]
    if len(texts) <= max(wanted) or any(texts[place] is None for place in wanted):
        return
    told = [texts[place] or "" if place is not None else "" for place in (context, words, plural)]
    yield Said((told[0] + CONTEXT_END if context is not None else "") + told[1], told[2], call.lineno)


def _assigns(node: ast.AST, name: str) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _either(value: ast.expr | None) -> Iterator[str]:
    """Give a plain text, or both of `a if … else b`."""
    if isinstance(value, ast.IfExp):
        yield from _either(value.body)
        yield from _either(value.orelse)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value


def said_in_template(source: str) -> Iterator[Said]:
    """Give the words of a Django template, by way of Django's own translation of it into calls."""
    text = templatize(source)
    for match in TEMPLATE_CALL.finditer(text):
        texts = [ast.literal_eval(part) if part else "" for part in match.group(2, 3, 4)]
        context, words, plural = CALLS[match[1]]
        key = (texts[context] + CONTEXT_END if context is not None else "") + texts[words]
        yield Said(key, texts[plural] if plural is not None else "", text.count("\n", 0, match.start()) + 1)


def said_in(root: Path) -> dict[Path, list[Said]]:
    """Answer what each file of the product under `root` (blisko/ and config/) says; tests say nothing."""
    paths = [path for top in ("blisko", "config") for suffix in ("py", "html", "txt") for path in sorted((root / top).rglob(f"*.{suffix}"))]
    paths = [path for path in paths if not {"tests", "migrations", "node_modules"} & set(path.relative_to(root).parts)]
    trees = {path: list(ast.walk(ast.parse(path.read_text("utf-8")))) for path in paths if path.suffix == ".py"}
    refusals = refusals_in(node for nodes in trees.values() for node in nodes)
    said = {path: list(said_in_python(nodes, refusals)) for path, nodes in trees.items()}
    said |= {path: list(said_in_template(path.read_text("utf-8"))) for path in paths if path.suffix != ".py" and "templates" in path.parts}
    return {path: words for path, words in said.items() if words}
