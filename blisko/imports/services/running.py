from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from procrastinate.contrib.django import app as queue

from blisko.access.rules import Actor, ActorKind, require
from blisko.access.services import keep_days, write_audit
from blisko.imports import queries
from blisko.imports.errors import Twice
from blisko.imports.models import ImportRun, RefusedLine
from blisko.imports.ports import How, Importer, Outcome, Refused
from blisko.imports.rules import WORKING, ImportState
from blisko.imports.rules.cells import Row
from blisko.imports.rules.columns import check_mapping, guess_mapping
from blisko.kit.errors import Refusal
from blisko.kit.push import push
from blisko.kit.sheets_open import open_sheet
from blisko.kit.steps import take_step

BATCH = 500
AT_ONCE = 64 * 1024  # bytes; a file up to this size is worked through while its sender waits
JOB = "imports.work"


@transaction.atomic
def take_sheet(noun: str, name: str, content: bytes, *, actor: Actor, now: datetime, mapping: Mapping[str, str] | None = None) -> ImportRun:
    """Keep a sheet and guess which column is which; `mapping` (our name → their heading) overrules the guess."""
    require(actor, "imports.run")
    importer = queries.importer_of(noun)
    for permission in importer.permissions:
        require(actor, permission)
    sheet = open_sheet(content, name)
    run = ImportRun.objects.create(
        noun=noun,
        name=name[-200:],
        content=content,
        read_as=sheet.how,
        header=sheet.header,
        mapping=guess_mapping(sheet.header, importer.columns) | dict(mapping or {}),
        asked_by=actor.id,
        asked_by_name=actor.name[:120],
        permissions=sorted(actor.permissions),
        created_at=now,
    )
    write_audit(actor, "take_sheet", f"import:{run.pk}", now=now, detail={"noun": noun, "bytes": len(content)})
    return run


def check_import(
    run_id: int, *, actor: Actor, now: datetime, mapping: Mapping[str, str] | None = None, at_once: int = AT_ONCE
) -> ImportRun:
    """Try the whole sheet without keeping anything; refuse `MissingColumns` before a line is read.

    A file of more than `at_once` bytes is left to a worker.
    """
    return _begin(run_id, "check", actor=actor, now=now, mapping=mapping, at_once=at_once)


def land_import(run_id: int, *, actor: Actor, now: datetime, mapping: Mapping[str, str] | None = None, at_once: int = AT_ONCE) -> ImportRun:
    """Land the lines that can land, each wholly or not at all; a file of more than `at_once` bytes is left to a worker."""
    return _begin(run_id, "land", actor=actor, now=now, mapping=mapping, at_once=at_once)


def _begin(run_id: int, step: str, *, actor: Actor, now: datetime, mapping: Mapping[str, str] | None, at_once: int) -> ImportRun:
    with transaction.atomic():
        run = queries.import_for(actor, run_id)
        importer = queries.importer_of(run.noun)
        for permission in importer.permissions:
            require(actor, permission)
        held = check_mapping(run.mapping if mapping is None else mapping, run.header, importer.columns)
        RefusedLine.objects.filter(run=run).delete()
        fresh: dict[str, Any] = dict.fromkeys(("done", "added", "changed", "known", "refused"), 0)
        fresh |= {"asked_by": actor.id, "asked_by_name": actor.name[:120], "permissions": sorted(actor.permissions)}
        take_step(run, step, by=actor, now=now, mapping=held, finished_at=None, **fresh)
        write_audit(actor, f"{step}_import", f"import:{run.pk}", now=now)
        large = len(run.content) > at_once
        if large:
            queue.configure_task(JOB, lock=f"import:{run.pk}", queue="imports").defer(run_id=run.pk)
    if not large:
        work_import(run.pk, now=now)
    return queries.import_for(actor, run_id)


def work_import(run_id: int, *, now: datetime) -> None:
    """Work through a sheet in batches, each with its progress in one transaction: a killed run goes on where it stopped.

    One worker at a time: whoever finds the run in another's hands leaves it there.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"import:{run_id}"])
        (ours,) = cursor.fetchone()
    if not ours:
        return
    try:
        run = ImportRun.objects.get(pk=run_id)
        if run.state in WORKING:
            _work(run, now=now)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [f"import:{run_id}"])


def _work(run: ImportRun, *, now: datetime) -> None:
    actor = Actor(
        ActorKind.SYSTEM if run.asked_by == "system" else ActorKind.PERSON, run.asked_by, run.asked_by_name, frozenset(run.permissions)
    )
    importer = queries.importer_of(run.noun)
    seen: dict[str, int] = {}
    done_before = run.done
    step = "finish"
    try:
        rows = queries.rows_of(queries.opened_sheet(run), run.mapping)
        for row in islice(rows, done_before):
            _first_line(row, importer, seen)
        for batch in _batches(rows):
            _land_batch(run, importer, batch, seen, actor=actor, now=now)
    except Refusal as broken:  # the file itself breaks off: what stood before it has landed
        _keep(run, [(int(str(broken.details.get("line", 0))), Refused(broken))], rows=0)
        step = "finish" if run.done else "fail"
    take_step(run, step, by=actor, now=now, finished_at=now)
    push(f"import:{run.pk}")


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Batches as long as the file holds; what was read before it broke is handed out, too."""
    batch: list[Row] = []
    try:
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH:
                yield batch
                batch = []
    except Refusal:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _keys(importer: Importer) -> tuple[str, ...]:
    return (importer.key,) if isinstance(importer.key, str) else importer.key


def _first_line(row: Row, importer: Importer, seen: dict[str, int]) -> int | None:
    """Answer the line in which this row's key stood before, and remember this one otherwise."""
    *others, last = _keys(importer)
    try:
        key = "\n".join([*(row.text(name) for name in others), row.text(last, required=True)])
    except Refusal:
        return None
    first = seen.setdefault(key, row.line)
    return first if first != row.line else None


def _land_batch(run: ImportRun, importer: Importer, batch: list[Row], seen: dict[str, int], *, actor: Actor, now: datetime) -> None:
    told: list[tuple[int, Outcome]] = []
    fresh: list[Row] = []
    for row in batch:
        first = _first_line(row, importer, seen)
        if first is None:
            fresh.append(row)
        else:
            key = _keys(importer)[-1]
            details = {"column": row.called.get(key, key), "value": row.text(key), "first": first}
            told.append((row.line, Refused(Twice(details=details))))
    with transaction.atomic():
        with transaction.atomic():
            told += zip((row.line for row in fresh), importer.land(fresh, actor=actor, now=now), strict=True)
            transaction.set_rollback(run.state == ImportState.CHECKING)
        _keep(run, told, rows=len(batch))
    push(f"import:{run.pk}")


def _keep(run: ImportRun, told: list[tuple[int, Outcome]], *, rows: int) -> None:
    """Write progress and refused lines down."""
    refused = sorted(((line, one.why) for line, one in told if isinstance(one, Refused)), key=lambda pair: pair[0])
    RefusedLine.objects.bulk_create(
        [RefusedLine(run=run, line=line, words=str(why.words), details=_plain(why)) for line, why in refused], batch_size=BATCH
    )
    counts = Counter(one for _, one in told if isinstance(one, How))
    more = {"done": rows, "refused": len(refused), **{str(how): count for how, count in counts.items()}}
    ImportRun.objects.filter(pk=run.pk).update(**{name: F(name) + count for name, count in more.items()})
    run.done += rows


def _plain(why: Refusal) -> dict[str, object]:
    return {name: value if isinstance(value, (str, int, float, bool, list)) else str(value) for name, value in why.details.items()}


@keep_days("imports.files", 30, "Imported sheets and their reports")
def _forget_imports(before: datetime) -> int:
    return ImportRun.objects.filter(created_at__lt=before).delete()[0]
