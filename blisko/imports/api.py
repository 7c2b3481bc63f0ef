"""Sheets in, for programs."""

import json

from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from blisko.imports import queries, services
from blisko.imports.errors import NotReadable
from blisko.imports.models import ImportRun, RefusedLine
from blisko.imports.rules import WORKING, ImportState
from blisko.kit import clock
from blisko.kit.api import Code, Cursor, Id, Limit, Moment, Page, page_of
from blisko.kit.requests import HouseRequest
from blisko.kit.sheets import UPLOAD_LIMIT, BadSheet
from blisko.kit.telling import told

router = Router()
WHICH = 'Which column is which, as JSON: {"number": "Nr klienta"}; guessed when empty'
MAPPING = Form("", max_length=20_000, description=WHICH)  # type: ignore[type-arg]  # a class to mypy, a function in truth


class RefusedOut(Schema):
    line: int
    reason: str
    details: dict[str, str | int | float | bool | list[str]]

    @classmethod
    def of(cls, refused: RefusedLine) -> "RefusedOut":
        return cls(line=refused.line, reason=told(refused.words, refused.details), details=refused.details)


class ImportOut(Schema):
    id: int
    noun: str
    name: str
    state: ImportState
    read_as: str
    mapping: dict[str, str]
    lines: int
    added: int
    changed: int
    known: int
    refused: int
    created_at: Moment
    finished_at: Moment | None

    @classmethod
    def of(cls, run: ImportRun) -> "ImportOut":
        return cls(
            id=run.pk,
            noun=run.noun,
            name=run.name,
            state=ImportState(run.state),
            read_as=run.read_as,
            mapping=run.mapping,
            lines=run.done,
            added=run.added,
            changed=run.changed,
            known=run.known,
            refused=run.refused,
            created_at=run.created_at,
            finished_at=run.finished_at,
        )


@router.post("", response={200: ImportOut, 202: ImportOut}, operation_id="import_sheet")
def import_sheet(
    request: HouseRequest, noun: Form[Code], file: File[UploadedFile], dry_run: Form[bool] = False, mapping: str = MAPPING
) -> Status[ImportOut]:
    """Check (`dry_run`) or land a CSV or XLSX sheet of customers, technicians or visits.

    Small sheets are answered with their report; large ones with 202: ask again for `imports/{id}` until `finished_at` is there.
    """
    now = clock.now()
    if file.size is None or file.size > UPLOAD_LIMIT:
        raise BadSheet("This file is too large. Send at most 32 MB at a time.")
    columns = _mapping(mapping)
    run = services.take_sheet(noun, file.name or "", file.read(), actor=request.actor, now=now, mapping=columns)
    begin = services.check_import if dry_run else services.land_import
    run = begin(run.pk, actor=request.actor, now=now)
    return Status(202 if run.state in WORKING else 200, ImportOut.of(run))


def _mapping(words: str) -> dict[str, str]:
    try:
        found = json.loads(words or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) and "\x00" not in name + value for name, value in found.items()):
        raise NotReadable(details={"column": "mapping", "value": words[:80]})
    return found


@router.get("", response=Page[ImportOut], operation_id="list_imports")
def list_imports(request: HouseRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[ImportOut]:
    """Imports of the last thirty days, newest first."""
    return page_of(queries.imports_for(request.actor), ImportOut.of, order=("-created_at", "-pk"), cursor=cursor, limit=limit)


@router.get("/{import_id}", response=ImportOut, operation_id="get_import")
def get_import(request: HouseRequest, import_id: Id) -> ImportOut:
    """How far an import has got."""
    return ImportOut.of(queries.import_for(request.actor, import_id))


@router.post("/{import_id}/land", response={200: ImportOut, 202: ImportOut}, operation_id="land_import")
def land_import(request: HouseRequest, import_id: Id) -> Status[ImportOut]:
    """Land a sheet that was checked."""
    run = services.land_import(import_id, actor=request.actor, now=clock.now())
    return Status(202 if run.state in WORKING else 200, ImportOut.of(run))


@router.get("/{import_id}/refused", response=Page[RefusedOut], operation_id="list_refused_lines")
def list_refused_lines(request: HouseRequest, import_id: Id, cursor: Cursor = "", limit: Limit = 50) -> Page[RefusedOut]:
    """Every line that did not land, with its number in the file and the reason."""
    lines = queries.refused_lines(request.actor, import_id)
    return page_of(lines, RefusedOut.of, order=("line", "pk"), cursor=cursor, limit=limit)
