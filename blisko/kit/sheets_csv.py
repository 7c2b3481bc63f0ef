"""CSV as it comes: whatever the encoding and the delimiter."""

import codecs
import csv
import io
from collections.abc import Iterator

from blisko.kit.sheets import CELL_LIMIT, BadSheet, Line, Sheet, UnreadableLine, check_width, first_and_rest

DELIMITERS = {";": ";", ",": ",", "\t": "tab", "|": "|"}
LOOK = 65_536
# Letters of Polish, Hungarian and their neighbours: a right guess of the code page shows more of them.
LETTERS = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻáéíóöőúüűÁÉÍÓÖŐÚÜŰäßčďěňřšťůýž")
NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16",
         "cp1250": "Windows-1250", "iso8859-2": "ISO 8859-2"}  # fmt: skip
csv.field_size_limit(CELL_LIMIT)


def open_csv(content: bytes) -> Sheet:
    """Answer the sheet in CSV bytes: UTF-8, UTF-16, Windows-1250 or ISO 8859-2, split by ; , tab or |; refuse `BadSheet`."""
    encoding = encoding_of(content)
    with io.TextIOWrapper(io.BytesIO(content), encoding, newline="") as text:
        delimiter = delimiter_of(text.read(LOOK))
    return first_and_rest(_lines(content, encoding, delimiter), f"{NAMES[encoding]}, {DELIMITERS[delimiter]}")


def encoding_of(content: bytes) -> str:
    """Answer Python's name of the encoding, told by its mark or by what can be read without a fault."""
    if content.startswith(codecs.BOM_UTF8):
        return _readable(content, "utf-8-sig")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _readable(content, "utf-16")
    head = content[:4096]
    if head.count(0) > len(head) // 4:
        return _readable(content, "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be")
    if b"\x00" in content:
        raise BadSheet(details={"byte": 0})
    try:
        return _readable(content, "utf-8")
    except BadSheet:
        return _code_page(content)


def _readable(content: bytes, encoding: str) -> str:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(content), LOOK):
            decoder.decode(content[start : start + LOOK], final=start + LOOK >= len(content))
    except UnicodeDecodeError as fault:
        raise BadSheet(
            "The letters of this file cannot be read. Save it as UTF-8 and try again.", details={"encoding": encoding}
        ) from fault
    return encoding


def _code_page(content: bytes) -> str:
    if any(0x80 <= byte <= 0x9F for byte in set(content)):
        return _readable(content, "cp1250")  # ISO 8859-2 has only control codes there
    high = bytes(byte for byte in content if byte >= 0x80)
    found = {name: sum(letter in LETTERS for letter in high.decode(name, "replace")) for name in ("cp1250", "iso8859-2")}
    return "iso8859-2" if found["iso8859-2"] > found["cp1250"] else "cp1250"


def delimiter_of(text: str) -> str:
    """Answer the delimiter that cuts the first line into most pieces."""
    pieces: dict[str, int] = {}
    for delimiter in DELIMITERS:
        try:
            pieces[delimiter] = max(
                (len(row) for row, _ in zip(csv.reader(io.StringIO(text), delimiter=delimiter), range(3), strict=False)), default=0
            )
        except csv.Error:
            pieces[delimiter] = 0
    return max(pieces, key=lambda delimiter: pieces[delimiter])


def _lines(content: bytes, encoding: str, delimiter: str) -> Iterator[Line]:
    with io.TextIOWrapper(io.BytesIO(content), encoding, newline="") as text:
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        number = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                raise UnreadableLine(details={"line": number}) from None
            check_width(len(cells), number)
            if any(cell.strip() for cell in cells):
                yield Line(number, [cell.replace("\x00", "").strip() or None for cell in cells])
            number = reader.line_num + 1
