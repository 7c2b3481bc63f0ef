"""How one tap becomes a call."""

from blisko.live.ports import Dial


class PlainCalls:
    """The telephone itself rings the number: both sides see it."""

    def dial(self, *, visit_id: int, number: str, by_customer: bool) -> Dial:
        return Dial(f"tel:{number}", masked=False)
