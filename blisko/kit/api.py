"""What operations of the JSON API are made of: the kinds of values they take, and pages of answers."""

import base64
import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from django.db.models import Model, Q, QuerySet
from ninja import Schema
from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints, WithJsonSchema

from blisko.kit.errors import Invalid

M = TypeVar("M", bound=Model)
T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)", re.IGNORECASE)
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
# No control characters: PostgreSQL keeps no NUL, and names have no business with the others.
ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
MANY_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"


class BadCursor(Invalid):
    """A cursor was not given out by us."""

    words = "This page mark is not one of ours. Begin again without it."


def _iso(value: object) -> object:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not ISO.fullmatch(value.strip()):
        raise ValueError("write the time as ISO 8601 with its offset, like 2026-11-24T10:00:00+01:00")
    return value.strip()


Moment = Annotated[
    AwareDatetime,
    Field(ge=EARLIEST, lt=LATEST),
    BeforeValidator(_iso),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-24T10:00:00+01:00"]}),
]
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
Language = Literal["en", "pl", "hu"]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=ONE_LINE)]
Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=ONE_LINE)]
Phone = Annotated[str, StringConstraints(max_length=40, pattern=ONE_LINE)]
Email = Annotated[str, StringConstraints(max_length=254, pattern=ONE_LINE)]
Line = Annotated[str, StringConstraints(max_length=160, pattern=ONE_LINE)]
Text = Annotated[str, StringConstraints(max_length=2000, pattern=MANY_LINES)]
Cursor = Annotated[str, Field(max_length=400, description="`next` of the page before; empty for the first page.")]
Limit = Annotated[int, Field(ge=1, le=500, description="How many items a page holds.")]


class Page(Schema, Generic[T]):
    """One page of a longer list; `next` is the cursor of the following page, null on the last."""

    items: list[T]
    next: str | None


def answers_with_secret(operation: F) -> F:
    """Mark an operation whose answer is not to be kept for its idempotency key: it holds a token, and asking twice does no harm."""
    operation.__dict__["_answers_with_secret"] = True
    return operation


def keeps_answer(operation: Callable[..., Any]) -> bool:
    """Tell whether an operation's answer may be kept."""
    return not getattr(operation, "_answers_with_secret", False)


def page_of(rows: QuerySet[M], shape: Callable[[M], T], *, order: Sequence[str], cursor: str = "", limit: int = 50) -> Page[T]:
    """Answer the page that follows `cursor`, in `order` (columns, "-" for falling; the last one unique)."""
    found = rows.order_by(*order)
    if cursor:
        found = found.filter(_after(order, _opened(rows, order, cursor)))
    page = list(found[: limit + 1])
    last = page[limit - 1] if len(page) > limit else None
    return Page[T](items=[shape(row) for row in page[:limit]], next=_mark(last, order) if last is not None else None)


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Everything that sorts behind `values`: first column behind, or equal and the second behind, and so on."""
    behind, equal = Q(), Q()
    for column, value in zip(order, values, strict=True):
        name = column.lstrip("-")
        behind |= equal & Q(**{f"{name}__{'lt' if column.startswith('-') else 'gt'}": value})
        equal &= Q(**{name: value})
    return behind


def _mark(row: Model, order: Sequence[str]) -> str:
    values = [getattr(row, column.lstrip("-")) for column in order]
    words = json.dumps([value.isoformat() if isinstance(value, datetime) else value for value in values])
    return base64.urlsafe_b64encode(words.encode()).rstrip(b"=").decode()


def _opened(rows: QuerySet[Any], order: Sequence[str], cursor: str) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=="))
        assert isinstance(values, list)
        assert len(values) == len(order)
        assert all(isinstance(value, (str, int)) for value in values)
        opened = []
        for column, value in zip(order, values, strict=True):
            name = column.lstrip("-")
            field = rows.model._meta.pk if name == "pk" else rows.model._meta.get_field(name)
            opened.append(field.to_python(value))
            assert not isinstance(value, str) or "\x00" not in value
            assert not isinstance(value, int) or -(2**63) < value < 2**63
        return opened
    except Exception:  # noqa: BLE001  whatever is wrong with it, it is not ours
        raise BadCursor from None
