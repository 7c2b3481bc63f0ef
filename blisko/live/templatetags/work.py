"""Words for what a technician does on a visit, and for what still lacks."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blisko.kit.fields import said
from blisko.live.queries.operations import ClosingCard
from blisko.live.templatetags.live import step_words

register = template.Library()

CAUSES: dict[str, str | Promise] = {
    "part": _("A part is missing"),
    "skill": _("It takes somebody with another skill"),
    "access": _("No access to a place that is needed"),
    "customer": _("The customer asks for it"),
    "network": _("The fault lies in the network"),
}
OPERATIONS: dict[str, str | Promise] = {
    "note": _("Note"),
    "photo": _("Photo"),
    "tick": _("Checklist"),
    "measure": _("Measured value"),
    "sign": _("Signature"),
    "use_parts": _("Parts used"),
    "take_parts": _("Parts taken from a depot"),
    "return_parts": _("Parts brought back"),
    "count_van": _("Van counted"),
    "help": _("Asked for help"),
    "help_photo": _("Photo sent for help"),
    "help_call": _("Call for help"),
    "odd": _("A record that could not be read"),
}
STOCK: dict[str, str | Promise] = {
    "opening": _("held when the book was begun"),
    "take": _("taken from the depot"),
    "return": _("brought back"),
    "use": _("used"),
    "count": _("counted"),
    "import": _("imported"),
    "correction": _("not in the books"),
}


@register.filter
def cause_words(cause: str) -> str | Promise:
    """Answer why another visit is needed."""
    return CAUSES.get(cause, cause)


@register.filter
def operation_words(kind: str) -> str | Promise:
    """Answer something a technician did, in words."""
    return OPERATIONS.get(kind) or step_words(kind)


@register.filter
def lacking_words(closing: ClosingCard) -> list[tuple[str, str]]:
    """Answer whatever may lack before a visit is done, by its key (`visits.rules.lacking`), and how it is called."""
    within = gettext("{value} within its limits")
    found = [("photos", gettext("a photo"))] if closing.photos else []
    found += [("checklist", gettext("the checklist"))] if closing.checklist else []
    for one in closing.values:
        found += [(f"measure:{one.key}", said(one.names)), (f"limit:{one.key}", within.replace("{value}", said(one.names)))]
    return [*found, ("signature", gettext("the signature"))] if closing.signature else found


@register.filter
def stock_words(kind: str) -> str | Promise:
    return STOCK.get(kind, kind)
