"""Take a step of a lifecycle on a row: compare and set, and write down who did it."""

from datetime import datetime
from typing import Any, Protocol

from django.db import models, transaction

from blisko.kit.errors import WrongMoment
from blisko.kit.life import Life
from blisko.kit.models import Step


class Doer(Protocol):
    @property
    def id(self) -> str: ...


def subject_of(row: models.Model) -> str:
    """Answer the name of a row in step rows and keys, e.g. `visits.visit:42`."""
    return f"{row._meta.label_lower}:{row.pk}"


def take_step(row: Any, name: str, *, by: Doer, now: datetime, why: str = "", field: str = "state", **also: object) -> None:
    """Move `row` along the lifecycle in its class attribute `LIFE`, or raise `WrongMoment` when somebody was faster.

    `also`: columns that change in the same statement. Writes one `Step` row in the same transaction.
    """
    life: Life[Any] = row.LIFE
    before = getattr(row, field)
    after = life.step(type(life.start)(before), name)
    with transaction.atomic():
        changed = type(row)._default_manager.filter(pk=row.pk, **{field: before}).update(**{field: after}, **also)
        if changed != 1:
            raise WrongMoment(details={"state": str(before), "step": name})
        Step.objects.create(subject=subject_of(row), name=name, came_from=before, went_to=after, by=by.id, at=now, why=why)
    for column, value in {field: after, **also}.items():
        setattr(row, column, value)


def steps_of(row: models.Model) -> models.QuerySet[Step]:
    """Answer the steps a row has taken, oldest first."""
    return Step.objects.filter(subject=subject_of(row)).order_by("at", "id")
