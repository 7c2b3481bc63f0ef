"""One door for sheets: what a file is, is told by its content, not by its name."""

from blisko.kit.sheets import OLE, UPLOAD_LIMIT, BadSheet, Sheet
from blisko.kit.sheets_csv import open_csv
from blisko.kit.sheets_xlsx import open_xlsx


def open_sheet(content: bytes, name: str) -> Sheet:
    """Answer the sheet in a CSV or XLSX file, streamed; refuse `BadSheet` for whatever is neither, too large or a bomb."""
    if len(content) > UPLOAD_LIMIT:
        raise BadSheet("This file is too large. Send at most 32 MB at a time.", details={"bytes": len(content)})
    if content.startswith(b"PK\x03\x04"):
        return open_xlsx(content)
    if content.startswith(OLE):
        raise BadSheet("This is an old or a protected Excel file. Save it as XLSX without a password, or as CSV.")
    if name.lower().endswith((".xlsx", ".xlsm")):
        raise BadSheet("This is not an XLSX file, whatever its name says.")
    return open_csv(content)
