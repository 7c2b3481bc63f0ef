"""What may be imported, by whom, and how a run lives."""

from enum import StrEnum

from blisko.kit.life import Life

PERMISSIONS = {"imports.run": "Import customers, technicians, visits and stock from sheets"}


class ImportState(StrEnum):
    UPLOADED = "uploaded"
    CHECKING = "checking"
    CHECKED = "checked"
    LANDING = "landing"
    LANDED = "landed"
    FAILED = "failed"


S = ImportState
IMPORT_LIFE = Life(
    S.UPLOADED,
    {
        (S.UPLOADED, "check"): S.CHECKING,
        (S.UPLOADED, "land"): S.LANDING,
        (S.CHECKING, "finish"): S.CHECKED,
        (S.CHECKING, "fail"): S.FAILED,
        (S.CHECKED, "check"): S.CHECKING,
        (S.CHECKED, "land"): S.LANDING,
        (S.LANDING, "finish"): S.LANDED,
        (S.LANDING, "fail"): S.FAILED,
    },
)
WORKING = frozenset({S.CHECKING, S.LANDING})
