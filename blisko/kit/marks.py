"""Many small questions in one: what stands in the database, and marks that tell whether what is remembered of it still holds.

A mark is a number that is another after any change of the rows it is about, by whichever process. It is cheap and says nothing else, so
whoever keeps something in memory keeps the mark it was read at, asks for the mark first and reads anew only where that has changed. The
mark is asked for before the rows are read: at worst they are read once more than needed, never kept past their time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model

# Where a version of a row lies and which transaction wrote it: no two versions share both.
VERSIONS = "bit_xor(hashtidextended(ctid, xmin::text::bigint))"


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


def mark_of(*models: type[Model], where: str = "TRUE", params: tuple[Any, ...] = ()) -> Question:
    """Ask for a mark of all rows of some tables for which `where` is true, whatever of them changes."""
    marks = [f"(SELECT {VERSIONS} FROM {table} WHERE {where})" for table in map(_table, models)]  # noqa: S608 - our own words
    return Question(f"SELECT ARRAY[{', '.join(marks)}]", params * len(models))


def content_mark_of(model: type[Model], *columns: str) -> Question:
    """Ask for a mark of some columns of all rows of a table, the key among them: another only where what stands in them is another."""
    words = ", ".join(columns)
    return Question(f"SELECT bit_xor(hash_record_extended(({words}), 0)) FROM {_table(model)}")  # noqa: S608 - our own words


def _table(model: type[Model]) -> str:
    return model._meta.db_table
