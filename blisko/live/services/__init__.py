"""What changes the day as it happens."""

from blisko.live.services.devices import PhoneSetup, issue_device, page_report_url, phone_setup, revoke_device
from blisko.live.services.retention import purge_fixes, purge_unusable_counts
from blisko.live.services.tickets import read_ticket, stream_ticket

__all__ = [
    "PhoneSetup",
    "issue_device",
    "page_report_url",
    "phone_setup",
    "purge_fixes",
    "purge_unusable_counts",
    "read_ticket",
    "revoke_device",
    "stream_ticket",
]
