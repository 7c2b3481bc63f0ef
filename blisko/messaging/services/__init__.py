"""Write, send, retry, settle and forget messages."""

from blisko.messaging.services.attempts import Attempt, begin_attempt, hand_over, rescue_overdue, settle_attempt
from blisko.messaging.services.demo import keep_demo_message
from blisko.messaging.services.doubts import give_up_delivery, mark_delivery_sent, resend_delivery
from blisko.messaging.services.opt_outs import opt_in, opt_out
from blisko.messaging.services.receipts import record_receipt
from blisko.messaging.services.retention import forget_bodies
from blisko.messaging.services.sending import send_message
from blisko.messaging.services.subscriptions import forget_browsers, subscribe_browser, unsubscribe_browser
from blisko.messaging.services.texts import restore_default_text, save_text

__all__ = [
    "Attempt",
    "begin_attempt",
    "forget_bodies",
    "forget_browsers",
    "give_up_delivery",
    "hand_over",
    "keep_demo_message",
    "mark_delivery_sent",
    "opt_in",
    "opt_out",
    "record_receipt",
    "rescue_overdue",
    "resend_delivery",
    "restore_default_text",
    "save_text",
    "send_message",
    "settle_attempt",
    "subscribe_browser",
    "unsubscribe_browser",
]
