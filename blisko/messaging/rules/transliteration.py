"""Text in letters every phone's cheap alphabet has, losing as little as the reader would notice."""

import re
import unicodedata

from blisko.messaging.rules.sms import GSM_BASIC, GSM_EXTENSION, fits_gsm

# Hungarian long umlauts keep their short sisters, which GSM 03.38 has; everything else loses only its mark.
_LETTERS = {
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ħ": "h", "ı": "i", "ő": "ö", "Ő": "Ö", "ű": "ü", "Ű": "Ü",
    "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D", "ẞ": "SS", "µ": "u",
    "×": "x", "÷": ":", "→": "->", "←": "<-", "°": " ", "©": "(c)", "®": "(R)", "™": "TM", "№": "No", "…": "...", "·": ".",
}  # fmt: skip
_LETTERS |= dict.fromkeys("„”“«»‟″", '"') | dict.fromkeys("’‘‚‛‹›′`´", "'") | dict.fromkeys("–—―‐‑‒−•", "-")
_LETTERS |= dict.fromkeys("\u00a0\u202f\u2007\u2009\u200a\t", " ") | dict.fromkeys("\u00ad\u200b\u200d\ufeff", "")
_KEPT = re.compile(r"\{[^{}]*\}|https?://\S+")


def transliterate(text: str) -> str:
    """Answer `text` within GSM 03.38; `{placeholders}` and links stay as they are, what has no letter there (emoji) goes.

    Idempotent. Outside placeholders and links the answer always fits.
    """
    out, last = [], 0
    for kept in _KEPT.finditer(text):
        out += [_plain(text[last : kept.start()]), kept.group()]
        last = kept.end()
    return "".join([*out, _plain(text[last:])])


def _plain(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    if fits_gsm(composed):
        return composed
    swapped = "".join(_letter(letter) for letter in composed)
    return re.sub(r"(?<=\S) {2,}(?=\S)", " ", swapped)


def _letter(letter: str) -> str:
    if letter in GSM_BASIC or letter in GSM_EXTENSION:
        return letter
    if letter in _LETTERS:
        return _LETTERS[letter]
    bare = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    swapped = "".join(_LETTERS.get(part, part) for part in bare)
    return "".join(part for part in swapped if part in GSM_BASIC or part in GSM_EXTENSION)
