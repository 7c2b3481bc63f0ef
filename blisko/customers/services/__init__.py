"""Begin to know customers and their places, change what we know, and keep the one timeline."""

from blisko.customers.services.records import add_customer, add_site, change_customer, record_consent, tell_timeline

__all__ = ["add_customer", "add_site", "change_customer", "record_consent", "tell_timeline"]
