"""The roles a new house starts with; an admin may edit them afterwards."""

from dataclasses import dataclass

PERMISSIONS = {
    "accounts.manage": "Manage people, roles and their permissions",
}


@dataclass(frozen=True)
class FirstRole:
    code: str
    names: dict[str, str]
    permissions: tuple[str, ...]


DISPATCH = (
    "customers.see",
    "customers.edit",
    "visits.see_all",
    "visits.book",
    "visits.run",
    "visits.cancel",
    "field.see",
    "field.report_absence",
    "planning.assign",
    "live.see_day",
    "live.see_positions",
    "messaging.see_deliveries",
    "messaging.resolve_doubt",
    "visits.answer_disputes",
)
MANAGE = (
    *DISPATCH,
    "field.edit",
    "planning.rules",
    "visits.edit_job_types",
    "messaging.edit_templates",
    "access.see_audit",
    "imports.run",
    "reports.see",
)
FIRST_ROLES = (
    FirstRole(
        "admin",
        {"en": "Administrator", "pl": "Administrator", "hu": "Rendszergazda"},
        (*MANAGE, "access.manage_keys", "accounts.manage", "messaging.report_receipts", "webhooks.manage", "live.issue_links"),
    ),
    FirstRole("manager", {"en": "Manager", "pl": "Kierownik", "hu": "Vezető"}, MANAGE),
    FirstRole("dispatcher", {"en": "Dispatcher", "pl": "Dyspozytor", "hu": "Diszpécser"}, DISPATCH),
    FirstRole(
        "agent",
        {"en": "Agent", "pl": "Konsultant", "hu": "Ügyintéző"},
        ("customers.see", "customers.edit", "visits.see_all", "visits.book", "visits.cancel", "messaging.see_deliveries"),
    ),
    FirstRole("technician", {"en": "Technician", "pl": "Technik", "hu": "Technikus"}, ("visits.work", "live.own_day")),
    FirstRole("customer", {"en": "Customer", "pl": "Klient", "hu": "Ügyfél"}, ()),
)
