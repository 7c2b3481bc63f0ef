"""What messaging knows: texts in force, what went out, who wants no messages."""

from blisko.messaging.queries.deliveries import (
    MessageState,
    deliveries_about,
    deliveries_by_subject,
    deliveries_for,
    delivery_for,
    delivery_steps,
    doubts_for,
    is_opted_out,
    opt_outs_for,
    overdue_delivery_ids,
    wants_no_messages,
)
from blisko.messaging.queries.demo import demo_mailboxes, demo_messages
from blisko.messaging.queries.subscriptions import Offer, browsers_told_of, push_offer
from blisko.messaging.queries.texts import Preview, past_texts, preview_text, text_in_force, text_to_edit, texts_overview

__all__ = [
    "MessageState",
    "Offer",
    "Preview",
    "browsers_told_of",
    "deliveries_about",
    "deliveries_by_subject",
    "deliveries_for",
    "delivery_for",
    "delivery_steps",
    "demo_mailboxes",
    "demo_messages",
    "doubts_for",
    "is_opted_out",
    "opt_outs_for",
    "overdue_delivery_ids",
    "past_texts",
    "preview_text",
    "push_offer",
    "text_in_force",
    "text_to_edit",
    "texts_overview",
    "wants_no_messages",
]
