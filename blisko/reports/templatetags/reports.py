"""Words for the figures: names, formulas, values."""

from django import template

from blisko.reports.forms.words import FORMULAS, MISSED, NAMES, REASONS, STATES, rounded
from blisko.reports.rules import Figure
from blisko.visits.rules import CancelReason, VisitState

register = template.Library()


@register.filter
def figure_name(figure: Figure) -> str:
    """Answer a figure's name."""
    return str(NAMES[figure])


@register.filter
def figure_formula(figure: Figure) -> str:
    """Answer how a figure is counted."""
    return str(FORMULAS[figure])


@register.filter
def figure_missed(figure: Figure) -> str:
    """Answer the name of those who miss in a figure."""
    return str(MISSED.get(figure, ""))


@register.filter
def visit_state(state: str) -> str:
    """Answer a visit's state in words."""
    return str(STATES[VisitState(state)])


@register.filter
def cancel_reason(reason: str) -> str:
    """Answer why a visit was called off; what the house does not know stays as it is."""
    return str(REASONS[CancelReason(reason)]) if reason in REASONS else reason


@register.filter
def kilometres(metres: int) -> str:
    """Answer metres as kilometres with one place."""
    return f"{rounded(metres / 1000, 1)} km"
