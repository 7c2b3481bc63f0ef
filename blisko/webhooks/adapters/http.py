"""Webhooks over HTTP, with the care that any address of a stranger needs."""

from blisko.kit.outside import Outside


class HttpReceivers(Outside):
    """POSTs each webhook once, as `Outside` does."""
