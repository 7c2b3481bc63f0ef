"""Put what the code says and no catalogue knows into the catalogue of its app, untranslated: `python -m tools.find_words`.

Words of config/ go to ui's catalogues, where Django finds them. Told: how much each app says, lacks, and no longer says.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from blisko.ui.words import CONTEXT_END, Entry, Said, read_po, said_in

ROOT = Path(__file__).resolve().parent.parent
SHARED = "ui"
# How each language counts, as Django's own catalogues have it.
LANGUAGES = {
    "pl": "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
    "hu": "nplurals=2; plural=(n != 1);",
}


def app_of(path: Path, root: Path) -> str:
    """Answer the app whose catalogue takes the words of `path`."""
    parts = path.relative_to(root).parts
    return parts[1] if parts[0] == "blisko" and len(parts) > 2 else SHARED


def catalogue_of(app: str, language: str, root: Path) -> Path:
    return root / "blisko" / app / "locale" / language / "LC_MESSAGES" / "django.po"


def lacking(root: Path, language: str, said: Mapping[Path, list[Said]]) -> dict[str, dict[str, Said]]:
    """Answer, for each app, the words that no catalogue of `language` has, in the order in which they are said."""
    known: set[str] = set()
    for po in root.glob(f"blisko/*/locale/{language}/LC_MESSAGES/django.po"):
        known |= {entry.key for entry in read_po(po)}
    found: dict[str, dict[str, Said]] = {}
    for path, told in said.items():
        for words in told:
            if words.key not in known:
                known.add(words.key)
                found.setdefault(app_of(path, root), {})[words.key] = words
    return found


def add_entries(po: Path, language: str, words: list[Said]) -> None:
    """Append empty entries to a catalogue, which is begun when it is not there."""
    if not po.exists():
        po.parent.mkdir(parents=True, exist_ok=True)
        head = (f"Language: {language}", "MIME-Version: 1.0", "Content-Type: text/plain; charset=UTF-8",
                "Content-Transfer-Encoding: 8bit", f"Plural-Forms: {LANGUAGES[language]}")  # fmt: skip
        po.write_text('msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in head), "utf-8")
    with po.open("a", encoding="utf-8") as file:
        for one in words:
            file.write("\n" + _entry(one))


def _entry(words: Said) -> str:
    context, _, msgid = words.key.rpartition(CONTEXT_END)
    lines = [f"#, {'python' if '%(' in msgid else 'python-brace'}-format"] if "%(" in msgid or "{" in msgid else []
    lines += [f"msgctxt {_quoted(context)}"] if context else []
    lines += [f"msgid {_quoted(msgid)}"]
    lines += [f"msgid_plural {_quoted(words.plural)}", 'msgstr[0] ""', 'msgstr[1] ""'] if words.plural else ['msgstr ""']
    return "\n".join(lines) + "\n"


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def report(root: Path, said: Mapping[Path, list[Said]]) -> list[str]:
    """Answer a line for each catalogue: entries, empty ones, and those that nobody says any more."""
    lines = []
    now = {words.key for told in said.values() for words in told}
    for language in LANGUAGES:
        counts: Counter[str] = Counter()
        for po in sorted(root.glob(f"blisko/*/locale/{language}/LC_MESSAGES/django.po")):
            entries: list[Entry] = [entry for entry in read_po(po) if entry.key]
            left = [entry.key for entry in entries if entry.key not in now and not entry.is_borrowed]
            empty = sum(entry.is_missing for entry in entries)
            lines.append(f"{language} {po.parents[3].name}: {len(entries)} entries, {empty} to translate, {len(left)} said by nobody")
            lines += [f"    {key!r}" for key in left]
            counts.update(entries=len(entries), empty=empty)
        lines.append(f"{language}: {counts['entries']} entries, {counts['empty']} to translate")
    return lines


def main(root: Path = ROOT) -> None:
    said = said_in(root)
    for language in LANGUAGES:
        for app, words in lacking(root, language, said).items():
            add_entries(catalogue_of(app, language, root), language, list(words.values()))
    print("\n".join(report(root, said)))


if __name__ == "__main__":
    main()
