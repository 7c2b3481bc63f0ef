"""Book, move, work on and end visits; keep the customer's answer."""

from blisko.visits.services.answers import confirm_service, rate_visit
from blisko.visits.services.booking import book_follow_up, book_visit, cancel_visit, change_visit, dismiss_request, move_visit
from blisko.visits.services.jobs import add_job_type
from blisko.visits.services.work import arrive, finish, give_up, need_another, report_no_access, set_out, turn_back, write_note

__all__ = [
    "add_job_type",
    "arrive",
    "book_follow_up",
    "book_visit",
    "cancel_visit",
    "change_visit",
    "confirm_service",
    "dismiss_request",
    "finish",
    "give_up",
    "move_visit",
    "need_another",
    "rate_visit",
    "report_no_access",
    "set_out",
    "turn_back",
    "write_note",
]
