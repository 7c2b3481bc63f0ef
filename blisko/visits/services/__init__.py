"""Book, move, work on and end visits; keep the customer's answer."""

from blisko.visits.services.answers import bring_low_score, confirm_later, confirm_service, rate_visit
from blisko.visits.services.booking import (
    book_again,
    book_follow_up,
    book_visit,
    cancel_visit,
    change_visit,
    dismiss_request,
    invite_customer,
    move_visit,
)
from blisko.visits.services.disputes import answer_dispute, open_dispute
from blisko.visits.services.evidence import forget_signatures, measure_value, sign_visit, tick_step
from blisko.visits.services.jobs import add_job_type
from blisko.visits.services.photos import add_photo
from blisko.visits.services.retention import forget_words
from blisko.visits.services.work import (
    arrive,
    finish,
    give_up,
    need_another,
    report_no_access,
    set_out,
    turn_back,
    turn_back_for,
    write_note,
)

__all__ = [
    "add_job_type",
    "add_photo",
    "answer_dispute",
    "arrive",
    "book_again",
    "book_follow_up",
    "book_visit",
    "bring_low_score",
    "cancel_visit",
    "change_visit",
    "confirm_later",
    "confirm_service",
    "dismiss_request",
    "finish",
    "forget_signatures",
    "forget_words",
    "give_up",
    "invite_customer",
    "measure_value",
    "move_visit",
    "need_another",
    "open_dispute",
    "rate_visit",
    "report_no_access",
    "set_out",
    "sign_visit",
    "tick_step",
    "turn_back",
    "turn_back_for",
    "write_note",
]
