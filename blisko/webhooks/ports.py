from collections.abc import Sequence
from typing import Protocol

from blisko.kit.outside import Post, Reply

__all__ = ["Post", "Receivers", "Reply"]


class Receivers(Protocol):
    """Whoever our webhooks are sent to."""

    def post(self, posts: Sequence[Post]) -> list[Reply]:
        """Send all of them side by side; answer in their order, within seconds, whatever the other end does. Raises nothing."""
        ...
