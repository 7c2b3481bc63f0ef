from collections.abc import Callable, Sequence

from django.db import transaction

from blisko.imports.ports import How, Outcome, Refused
from blisko.imports.rules.cells import Row
from blisko.kit.errors import Refusal


def land_each(rows: Sequence[Row], land: Callable[[Row], How]) -> list[Outcome]:
    """Land rows one by one: what a refused row had begun is undone, the others stay."""
    outcomes: list[Outcome] = []
    for row in rows:
        try:
            with transaction.atomic():
                outcomes.append(land(row))
        except Refusal as why:
            outcomes.append(Refused(why))
    return outcomes
