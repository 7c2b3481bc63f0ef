"""What messaging decides from values alone: lengths, alphabets, templates, who may, how a delivery lives."""

PERMISSIONS: dict[str, str] = {
    "messaging.edit_templates": "Edit the texts of messages",
    "messaging.see_deliveries": "See the messages that went out",
    "messaging.resolve_doubt": "Decide about messages nobody knows the fate of, and about addresses that opted out",
    "messaging.report_receipts": "Report what became of messages (an SMS gateway's key)",
}
