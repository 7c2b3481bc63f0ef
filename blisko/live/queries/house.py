"""What this house tells its customers of delays and shows them of technicians."""

from datetime import datetime, timedelta

from django.utils import timezone

from blisko.live.models import CustomerRules
from blisko.live.rules.delays import DelayTerms
from blisko.live.rules.quiet import quiet_until
from blisko.live.rules.visibility import CHOSEN, Seen, Visibility, When


def delay_terms() -> DelayTerms:
    """Answer how this house warns of delays, for the house's own use."""
    rules = _rules()
    minutes = {name: timedelta(minutes=getattr(rules, name)) for name in ("late_by", "moved_by", "gap", "ahead", "too_late")}
    return DelayTerms(chance=rules.delay_chance / 100, most=rules.most, **minutes)


def low_score() -> int:
    """Answer up to how many stars a score is laid before a dispatcher."""
    return _rules().low_score


def asks_again_after() -> timedelta | None:
    """Answer how long after a visit the customer is asked whether everything still works; None: never."""
    days = _rules().ask_again_after
    return timedelta(days=days) if days else None


def quiet_ends(now: datetime) -> datetime | None:
    """Answer when the quiet hours end that `now` lies in; None outside them."""
    rules = _rules()
    return quiet_until(now, timezone.get_default_timezone(), rules.quiet_from, rules.quiet_to)


def visibility_now() -> Visibility:
    """Answer what this house shows of its technicians, for the house's own use."""
    rules = _rules()
    fields = {name: Seen(When(getattr(rules, f"{name}_when")), getattr(rules, f"{name}_within")) for name in CHOSEN}
    return Visibility(fields, rules.grid)


def _rules() -> CustomerRules:
    return CustomerRules.objects.filter(pk=1).first() or CustomerRules()
