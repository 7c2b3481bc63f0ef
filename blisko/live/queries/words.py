"""What a state is called and which tone it wears, for templates and for islands alike."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STATES: dict[str, tuple[str | Promise, str]] = {
    "invited": (_("To be chosen"), ""),
    "booked": (_("Booked"), ""),
    "on_the_way": (_("On the way"), "sun"),
    "on_site": (_("On site"), "info"),
    "done": (_("Done"), "success"),
    "cancelled": (_("Cancelled"), ""),
    "no_access": (_("No access"), "danger"),
    "not_completed": (_("Not completed"), "danger"),
    "needs_another": (_("Needs another visit"), "warn"),
}
