"""How long an SMS is: GSM 03.38 septets or UCS-2 units, and how many parts the network will cut it into."""

from dataclasses import dataclass
from enum import StrEnum

# 3GPP TS 23.038, table 6.2.1.1 in its own order; the escape at 0x1B is a gap here.
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")


class Encoding(StrEnum):
    GSM7 = "gsm7"
    UCS2 = "ucs2"


# Units in a message of one part, and in each part of a longer one (six octets go to the header that joins them).
ROOM = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}


@dataclass(frozen=True)
class Parts:
    """`units`: septets or UTF-16 code units in all. `parts`: messages paid for. `left`: units free in the last part."""

    encoding: Encoding
    units: int
    parts: int
    left: int


def fits_gsm(text: str) -> bool:
    """Answer whether every character is in GSM 03.38 with its extension table."""
    return all(letter in GSM_BASIC or letter in GSM_EXTENSION for letter in text)


def strangers(text: str) -> str:
    """Answer the characters, once each, that force the message into UCS-2."""
    return "".join(dict.fromkeys(letter for letter in text if letter not in GSM_BASIC and letter not in GSM_EXTENSION))


def count(text: str) -> Parts:
    """Count the parts of `text` as phones do (3GPP TS 23.040): 160/153 septets or 70/67 UTF-16 units.

    Neither an escape with its character nor a surrogate pair is cut in two, so a part may stay one unit short.
    """
    encoding = Encoding.GSM7 if fits_gsm(text) else Encoding.UCS2
    costs = [_cost(letter, encoding) for letter in text]
    units = sum(costs)
    alone, joined = ROOM[encoding]
    if units <= alone:
        return Parts(encoding, units, 1 if text else 0, alone - units)
    parts, used = 1, 0
    for cost in costs:
        if used + cost > joined:
            parts, used = parts + 1, 0
        used += cost
    return Parts(encoding, units, parts, joined - used)


def _cost(letter: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM7:
        return 2 if letter in GSM_EXTENSION else 1
    return 2 if ord(letter) > 0xFFFF else 1
