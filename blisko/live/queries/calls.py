"""Whom one tap rings."""

from blisko.kit.plugs import plug
from blisko.live.ports import Calls, Dial


def dial(*, visit_id: int, number: str, by_customer: bool) -> Dial | None:
    """Answer what to ring so that a number answers; None where there is none. For the house's own use."""
    calls: Calls = plug("live.calls")
    return calls.dial(visit_id=visit_id, number=number, by_customer=by_customer) if number else None
