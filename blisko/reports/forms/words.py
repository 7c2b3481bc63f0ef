"""The figures in the reader's words: names, formulas, values."""

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blisko.reports.rules import SHARES, Counts, Figure, mean_score, share_of
from blisko.visits.rules import CancelReason, VisitState

F = Figure
NAMES = {
    F.OPENED: _("Link opened"),
    F.WORKS: _("“It works” confirmed"),
    F.RESPONSE: _("Answered"),
    F.SCORE: _("Mean score"),
    F.SAVED: _("Cancelled in time"),
    F.NO_ACCESS: _("No access"),
    F.AT_THE_DOOR: _("Cancelled at the door"),
    F.MOVES: _("Moved by customers"),
}
FORMULAS = {
    F.OPENED: _("Visits whose page a customer opened ÷ visits whose link was sent. Previews by robots do not count."),
    F.WORKS: _("Visits whose customer said that everything works ÷ visits done."),
    F.RESPONSE: _("Visits whose customer answered yes or no ÷ visits done."),
    F.SCORE: _("Sum of the stars ÷ visits with stars."),
    F.SAVED: _("Visits called off by customers before the technician was there ÷ all visits; saved: what was planned and not yet driven."),
    F.NO_ACCESS: _("Visits where nobody opened ÷ visits at which a technician arrived."),
    F.AT_THE_DOOR: _("Visits called off after the technician had arrived ÷ visits at which a technician arrived."),
    F.MOVES: _("Visits to which customers gave another time themselves ÷ all visits."),
}
MISSED = {
    F.OPENED: _("Sent and not opened"),
    F.WORKS: _("Done and not confirmed"),
    F.RESPONSE: _("Done and not answered"),
}
STATES = {
    VisitState.INVITED: _("To be chosen"),
    VisitState.BOOKED: _("Booked"),
    VisitState.ON_THE_WAY: _("On the way"),
    VisitState.ON_SITE: _("On site"),
    VisitState.DONE: _("Done"),
    VisitState.CANCELLED: _("Cancelled"),
    VisitState.NO_ACCESS: _("No access"),
    VisitState.NOT_COMPLETED: _("Not completed"),
    VisitState.NEEDS_ANOTHER: _("Needs another visit"),
}
REASONS = {
    CancelReason.FIXED_ITSELF: _("It works again"),
    CancelReason.NOT_HOME: _("Not at home"),
    CancelReason.NOT_NEEDED: _("No longer needed"),
    CancelReason.OTHER: _("Other"),
    CancelReason.OPERATOR: _("By us"),
}


@dataclass(frozen=True)
class Cell:
    """One figure of one group: its value in words, of how many, what more to say, and the bar that draws it (percent)."""

    figure: Figure
    words: str
    number: float | str
    of: str
    more: str = ""
    bar: float | None = None
    line: float | None = None
    holds: bool | None = None


def cells_of(counts: Counts) -> list[Cell]:
    """Answer every figure of a group in the reader's words."""
    return [_cell(figure, counts) for figure in Figure]


def _cell(figure: Figure, counts: Counts) -> Cell:
    if figure == F.SCORE:
        mean = mean_score(counts)
        of = gettext("{n} with stars").format(n=counts.rated)
        return Cell(figure, rounded(mean, 2) if mean is not None else "–", "" if mean is None else round(mean, 2), of)
    share, kind = share_of(figure, counts), SHARES[figure]
    of = f"{getattr(counts, kind.part)} / {getattr(counts, kind.whole)}"
    if share is None:
        return Cell(figure, "–", "", of, line=kind.line and kind.line * 100)
    words, percent = f"{rounded(share * 100, 1)} %", round(share * 100, 1)
    holds = None if kind.line is None else share >= kind.line
    return Cell(figure, words, percent, of, _more(figure, counts), min(percent, 100), kind.line and kind.line * 100, holds)


def rounded(value: float, places: int) -> str:
    """Answer a number in the reader's way of writing it; Django's own would cut it off instead."""
    return number_format(round(value, places), places)


def _more(figure: Figure, counts: Counts) -> str:
    if figure == F.SAVED and counts.saved:
        km, minutes = rounded(counts.saved_metres / 1000, 1), round(counts.saved_seconds / 60)
        return gettext("saved: {km} km, {minutes} min of driving").format(km=km, minutes=minutes)
    if figure == F.MOVES and counts.moves:
        return gettext("moves in all: {n}").format(n=counts.moves)
    return ""
