"""Take a sheet in, check it, land it, and remember every line that was refused."""

from blisko.imports.services.landing import land_each
from blisko.imports.services.running import check_import, land_import, take_sheet, work_import

__all__ = ["check_import", "land_each", "land_import", "take_sheet", "work_import"]
