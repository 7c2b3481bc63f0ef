"""Many small questions in one: what stands in the database, and marks that tell whether what is remembered of it still holds.

A mark is a number that is another after any change of the tables it is about, by whichever process. It is cheap and says nothing else, so
whoever keeps something in memory keeps the mark it was read at, asks for the mark first and reads anew only where that has changed. The
mark is asked for before the rows are read: at worst they are read once more than needed, never kept past their time.

A table that is watched (a migration says so) notes in `kit_change` each transaction that changed rows of it, under a stamp that is
never given twice. Each transaction writes a row of its own there, so that nobody waits for anybody, and it is seen when the change is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.migrations.operations import RunSQL
from django.db.models import Model

ROWS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}
MOST_NOTES = 64  # of one table; more become one
SHORTEN = """
    WITH long AS (SELECT place FROM kit_change GROUP BY place HAVING count(*) > %s),
        gone AS (DELETE FROM kit_change WHERE place IN (SELECT place FROM long) AND transaction <> pg_current_xact_id()::text::bigint)
    SELECT kit_note(place) FROM long
"""


@dataclass(frozen=True)
class Question:
    """Asks the database for one value: an SQL query with one row and column, and its parameters."""

    sql: str
    params: tuple[Any, ...] = ()


def asked(questions: Sequence[Question]) -> tuple[Any, ...]:
    """Answer all questions as of one moment, in one round trip."""
    words, params = ", ".join(f"({each.sql})" for each in questions), [param for each in questions for param in each.params]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {words}", params)
        found: tuple[Any, ...] = cursor.fetchone()
    return found


def watch(*tables: str) -> list[RunSQL]:
    """Answer the steps of a migration that let tables note their changes, so that they may be asked for their mark."""
    return [RunSQL(_watched(table), _watched_no_more(table)) for table in tables]


def _watched(table: str) -> str:
    rows = "".join(
        f"CREATE TRIGGER kit_change_{event.lower()} AFTER {event} ON {table} REFERENCING {which} TABLE AS changed"
        " FOR EACH STATEMENT EXECUTE FUNCTION kit_rows_changed();"
        for event, which in ROWS.items()
    )
    return f"{rows} CREATE TRIGGER kit_change_truncate AFTER TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION kit_emptied();"


def _watched_no_more(table: str) -> str:
    return "".join(f"DROP TRIGGER kit_change_{event} ON {table};" for event in (*map(str.lower, ROWS), "truncate"))


def mark_of(*models: type[Model]) -> Question:
    """Ask for a mark of all rows of some tables that are watched, whatever of them changes."""
    tables = ", ".join(f"'{_table(model)}'" for model in models)
    return Question(f"SELECT bit_xor(uuid_hash_extended(stamp, 0)) FROM kit_change WHERE place IN ({tables})")  # noqa: S608 - our own words


def shorten_notes() -> None:
    """Make many notes of one table one, under a new stamp: what is remembered of it is read once more."""
    with connection.cursor() as cursor:
        cursor.execute(SHORTEN, (MOST_NOTES,))


def content_mark_of(model: type[Model], *columns: str) -> Question:
    """Ask for a mark of some columns of all rows of a table, the key among them: another only where what stands in them is another."""
    words = ", ".join(columns)
    return Question(f"SELECT bit_xor(hash_record_extended(({words}), 0)) FROM {_table(model)}")  # noqa: S608 - our own words


def _table(model: type[Model]) -> str:
    return model._meta.db_table
