"""What changes the day as it happens."""

from blisko.live.services.devices import issue_device, revoke_device
from blisko.live.services.retention import purge_delay_notices, purge_fixes, purge_unusable_counts

__all__ = [
    "issue_device",
    "purge_delay_notices",
    "purge_fixes",
    "purge_unusable_counts",
    "revoke_device",
]
