"""How we speak to customers: nothing sounds like an order, and nobody is reminded of a debt by a message about something else."""

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from blisko.messaging.errors import BadTemplate
from blisko.messaging.rules.templates import Kind, Text

# What a telephone shows of a notification before it is unfolded, and after.
LONGEST_TITLE, LONGEST_NOTICE = 60, 180
_STRAIGHT = str.maketrans({"ł": "l", "Ł": "L"})


class Manner(NamedTuple):
    """Words that sound like an order or a debt (a pattern over plain letters), and what to write instead."""

    words: re.Pattern[str]
    instead: str


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


# Written without accents, for texts are compared without them; "nie musi", "need not", "nem kell" order nothing.
ORDERS: Mapping[str, Manner] = {
    "en": Manner(
        _words(
            r"(?<!not )must(?! not be)|(?<!not )(?:have|has) to|(?:are|is) (?:obliged|required|obligated)"
            r"|mandatory|immediately|at once|without delay"
        ),
        "please …, you can …",
    ),
    "pl": Manner(
        _words(
            r"(?<!nie )mus(?:i|isz|za|icie|imy)|nalezy|powin(?:ien|na|nismy|ienes|nas)|zobowiazan\w+|obowiazk\w+"
            r"|bezwzglednie|natychmiast\w*|niezwlocznie"
        ),
        "prosimy …, można …",
    ),
    "hu": Manner(
        _words(r"koteles\w*|muszaj|(?<!nem )kell|kotelezo\w*|azonnal\w*|haladektalanul|felszolit\w*"),
        "kérjük, …; lehetősége van …",
    ),
}
DEBTS: Mapping[str, Manner] = {
    "en": Manner(
        _words(r"debts?|overdue|arrears|unpaid|ow(?:e|es|ed|ing)|outstanding (?:amount|balance|payment|invoice)s?|debt collect\w+"),
        "",
    ),
    "pl": Manner(
        _words(r"dlug(?:u|iem|owi|ow|ami)?|zadluzen\w+|dluzni\w+|zaleglos\w+|zalegl\w+|nieoplacon\w+|windykac\w+|wezwani\w+ do zaplaty"), ""
    ),
    "hu": Manner(_words(r"tartozas\w*|hatralek\w*|ados\w*|kifizetetlen\w*|behajtas\w*|fizetesi felszolitas\w*"), ""),
}


def check_wording(kind: Kind, language: str, text: Text) -> None:
    """Refuse `BadTemplate` where a text orders, or speaks of a debt in a message about none; the refusal names the word."""
    for where, words in (("body", text.body), ("subject", text.subject)):
        for what, manners in (("order", ORDERS), ("debt", DEBTS)):
            manner = manners.get(language)
            if manner is None or (what == "debt" and kind.about_debt):
                continue
            if found := manner.words.search(plain(words)):
                word = words[found.start() : found.end()]
                details = {what: word, "instead": manner.instead, "in": where}
                raise BadTemplate(f"“{word}” does not belong into this message.", details=details)


def check_length(kind: Kind, parts: int) -> None:
    """Refuse `BadTemplate` where an SMS would be billed as more parts than its message may be, with the longest names."""
    if parts > kind.most_parts:
        raise BadTemplate(
            f"With the longest names this SMS has {parts} parts; at most {kind.most_parts}.",
            details={"parts": parts, "most": kind.most_parts},
        )


def check_notice(title: str, words: str) -> None:
    """Refuse `BadTemplate` where a notification, with the longest names, is longer than telephones show."""
    for where, said, most in (("subject", title, LONGEST_TITLE), ("body", words, LONGEST_NOTICE)):
        if len(said) > most:
            details = {"letters": len(said), "room": most, "in": where}
            raise BadTemplate(f"A notification has room for {most} letters here.", details=details)


def plain(words: str) -> str:
    """Answer words without accents, letter for letter, so that a place in them is the same place in the original."""
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in words.translate(_STRAIGHT))
