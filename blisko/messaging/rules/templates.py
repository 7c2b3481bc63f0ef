"""The template language: `{placeholders}` from a declared set, `{{` and `}}` for real braces, and nothing that can be run."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from blisko.messaging.errors import BadTemplate
from blisko.messaging.rules.delivery import Channel, LinkTo

LANGUAGES = ("en", "pl", "hu")
# What `reveal_token` answers is this long; a preview and a count need only the length.
TOKEN_LENGTH = 27
_PIECE = re.compile(r"\{\{|\}\}|\{([a-z_]+)\}|[{}]")
Value = str | LinkTo


@dataclass(frozen=True)
class Kind:
    """What one message may say. `allowed`: its placeholders, each given a value at every sending, used or not.

    `required`: those without which it would be useless. `names`: what an admin calls it, per language. `most_parts`: of its SMS with the
    longest names. `about_debt`: it may speak of a debt.
    """

    code: str
    names: Mapping[str, str]
    allowed: tuple[str, ...]
    required: tuple[str, ...] = ("link",)
    most_parts: int = 2
    about_debt: bool = False

    def on(self, channel: Channel) -> "Kind":
        """Answer the message as one channel says it: a notification opens the link by itself and does not write it out."""
        if channel is not Channel.PUSH:
            return self
        allowed, required = (tuple(name for name in names if name != "link") for names in (self.allowed, self.required))
        return replace(self, allowed=allowed, required=required)


@dataclass(frozen=True)
class Text:
    """One text of one message: the words a person edits. `subject` is for e-mail only."""

    body: str
    subject: str = ""
    transliterate: bool = True


_ALWAYS = ("brand", "phone", "name")
_WHEN = ("day", "window", "from", "to")
KINDS = {
    kind.code: kind
    for kind in (
        Kind("visit_invited", {"en": "Choose a time", "pl": "Wybór terminu", "hu": "Időpont választása"}, (*_ALWAYS, "link")),
        Kind("visit_booked", {"en": "Visit booked", "pl": "Wizyta umówiona", "hu": "Időpont lefoglalva"}, (*_ALWAYS, *_WHEN, "link")),
        Kind(
            "visit_day_before",
            {"en": "The day before", "pl": "Dzień przed wizytą", "hu": "Egy nappal előtte"},
            (*_ALWAYS, *_WHEN, "technician", "link"),
        ),
        Kind(
            "visit_on_the_way",
            {"en": "Technician on the way", "pl": "Technik w drodze", "hu": "A technikus úton van"},
            (*_ALWAYS, *_WHEN, "technician", "eta", "link"),
        ),
        Kind(
            "visit_delayed",
            {"en": "Another arrival time", "pl": "Zmiana godziny przyjazdu", "hu": "Módosult érkezési idő"},
            (*_ALWAYS, *_WHEN, "technician", "eta", "link"),
            ("eta", "link"),
        ),
        Kind(
            "visit_technician",
            {"en": "Another technician", "pl": "Zmiana technika", "hu": "Más technikus érkezik"},
            (*_ALWAYS, *_WHEN, "technician", "link"),
            ("technician", "link"),
        ),
        Kind("visit_moved", {"en": "Visit moved", "pl": "Wizyta przełożona", "hu": "Időpont módosítva"}, (*_ALWAYS, *_WHEN, "link")),
        Kind(
            "visit_earlier",
            {"en": "Something earlier", "pl": "Wcześniejszy termin", "hu": "Korábbi időpont"},
            (*_ALWAYS, *_WHEN, "link"),
        ),
        Kind("visit_cancelled", {"en": "Visit cancelled", "pl": "Wizyta odwołana", "hu": "Kiszállás lemondva"}, (*_ALWAYS, *_WHEN), ()),
        Kind("visit_done", {"en": "Visit done", "pl": "Wizyta zakończona", "hu": "Munka elvégezve"}, (*_ALWAYS, "technician", "link")),
        Kind(
            "visit_still_works",
            {"en": "Is it still working", "pl": "Czy nadal działa", "hu": "Még mindig működik"},
            (*_ALWAYS, "day", "link"),
        ),
        Kind(
            "visit_no_access",
            {"en": "Nobody was in", "pl": "Nikogo nie zastano", "hu": "Senki sem volt otthon"},
            (*_ALWAYS, "technician", "link"),
        ),
        Kind(
            "dispute_answered",
            {"en": "Answer to a dispute", "pl": "Odpowiedź na zastrzeżenie", "hu": "Válasz a kifogásra"},
            (*_ALWAYS, "link"),
        ),
        Kind("link_renewed", {"en": "New link", "pl": "Nowy link", "hu": "Új link"}, (*_ALWAYS, "link")),
        Kind(
            "help_waits",
            {"en": "A technician waits for help", "pl": "Technik czeka na pomoc", "hu": "Egy technikus segítségre vár"},
            (*_ALWAYS, "technician", "what", "from", "page"),
            ("technician",),
        ),
        Kind(
            "risk_waits",
            {"en": "Promises in danger", "pl": "Zagrożone wizyty", "hu": "Veszélyeztetett időpontok"},
            (*_ALWAYS, "what", "page"),
            ("what",),
        ),
    )
}

# The longest that real days, windows and names get; a preview with them shows the worst bill.
LONGEST: dict[str, dict[str, str]] = {
    "en": {"name": "Christopher", "technician": "Christopher", "day": "Wednesday 23 September", "window": "10:00–12:00"},
    "pl": {"name": "Małgorzata", "technician": "Małgorzata", "day": "poniedziałek, 23 października", "window": "10:00–12:00"},
    "hu": {"name": "Szentgyörgyi Erzsébet", "technician": "Erzsébet", "day": "szeptember 23., csütörtök", "window": "10:00–12:00"},
}
for _values in LONGEST.values():
    _values |= {"brand": "Orange Home", "from": "10:00", "to": "12:00", "eta": "10:20–10:50", "phone": "+48 22 555 01 00"}
    _values |= {"what": "Naprawa internetu, ul. Lipowa 5", "page": "https://care.example.com/help/"}


def check_text(kind: Kind, channel: Channel, text: Text) -> None:
    """Refuse `BadTemplate` unless `text` can be sent as this kind of message; the refusal lists what is allowed."""
    kind, used = kind.on(channel), set[str]()
    for part in (text.body, text.subject):
        for piece, name in _pieces(part):
            if name is None and piece in "{}":
                raise BadTemplate("A brace stands alone. Write {{ or }} for a real one.", details={"brace": piece})
            if name is not None and name not in kind.allowed:
                raise _unknown(name, kind)
            used |= {name} if name else set()
    if missing := [name for name in kind.required if name not in used]:
        raise BadTemplate(
            "This message needs " + ", ".join(f"{{{name}}}" for name in missing) + ".",
            details={"missing": missing, "allowed": list(kind.allowed)},
        )
    if not text.body.strip() or (channel is not Channel.SMS and not text.subject.strip()):
        raise BadTemplate("The text is empty." if not text.body.strip() else "A subject or title is missing.", details={"empty": True})
    if "\n" in text.subject or "link" in {name for _, name in _pieces(text.subject)}:
        raise BadTemplate("A subject is one line without a link: mail servers keep it in their logs.", details={"subject": text.subject})


def fill(kind: Kind, words: str, values: Mapping[str, Value]) -> str:
    """Answer `words` with its placeholders filled; a link stays `{link:KEY}` until the moment of sending.

    A value cannot bring a placeholder, a brace or a line break of its own. Raises `BadTemplate` when a value is missing.
    """
    out, last = [], 0
    for found in _PIECE.finditer(words):
        out.append(words[last : found.start()])
        last = found.end()
        out.append(_filled(kind, found.group(), found.group(1), values))
    return "".join([*out, words[last:]])


def _filled(kind: Kind, piece: str, name: str | None, values: Mapping[str, Value]) -> str:
    if name is None:
        return piece[0]
    if name not in kind.allowed:
        raise _unknown(name, kind)
    if name not in values:
        raise BadTemplate(f"No value was given for {{{name}}}.", details={"missing": [name]})
    value = values[name]
    return value.stand_in if isinstance(value, LinkTo) else tame(value)


def tame(value: str) -> str:
    """Answer a value as one harmless line: no braces, no line breaks, no invisible controls."""
    return " ".join("".join(" " if not letter.isprintable() else letter for letter in value).translate({0x7B: "(", 0x7D: ")"}).split())


def values_for(kind: Kind, given: Mapping[str, Value]) -> dict[str, Value]:
    """Answer `given` with its window made of `from` and `to`; refuse `BadTemplate` unless every allowed placeholder has a value.

    Asked at every sending, so that an admin's edit can never find a value missing on a Sunday.
    """
    values = dict(given)
    if "window" not in values and "from" in values and "to" in values:
        values["window"] = f"{values['from']}–{values['to']}"
    if missing := [name for name in kind.allowed if not values.get(name)]:
        raise BadTemplate(f"{kind.code} needs values for: {', '.join(missing)}.", details={"missing": missing})
    return values


def with_link(words: str, link: LinkTo | None, url: str) -> str:
    """Answer `words` with the stand-in of `link` replaced by its real address."""
    return words.replace(link.stand_in, url) if link else words


def longest_values(language: str, public_url: str) -> dict[str, Value]:
    """Answer the longest realistic value of every placeholder, the link as long as a real one."""
    return {**LONGEST[language], "link": f"{public_url}/v/{'x' * TOKEN_LENGTH}"}


def _pieces(words: str) -> Iterator[tuple[str, str | None]]:
    return ((found.group(), found.group(1)) for found in _PIECE.finditer(words))


def _unknown(name: str, kind: Kind) -> BadTemplate:
    allowed = ", ".join(f"{{{each}}}" for each in kind.allowed)
    return BadTemplate(f"There is no {{{name}}} here. You can use: {allowed}.", details={"unknown": name, "allowed": list(kind.allowed)})
