"""Words and colours for what happens in the day."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from blisko.kit.fields import said
from blisko.live.queries.words import STATES
from blisko.messaging.rules.words import date_words, time_words

register = template.Library()

STEPS: dict[str, tuple[str | Promise, str]] = {
    "set_out": (_("Set out"), "navigate"),
    "turn_back": (_("I am not coming now"), "back"),
    "arrive": (_("I have arrived"), "pin"),
    "finish": (_("Finish"), "check"),
    "no_access": (_("No access"), "lock"),
    "give_up": (_("Could not complete"), "close"),
    "need_another": (_("Needs another visit"), "refresh"),
    "cancel": (_("Cancel the visit"), "close"),
}
CHANNELS: dict[str, tuple[str | Promise, str]] = {
    "sms": (_("SMS"), "chat"),
    "email": (_("E-mail"), "mail"),
    "push": (_("Notification"), "bell"),
}
MESSAGES: dict[str, tuple[str | Promise, str]] = {
    "queued": (_("waiting"), ""),
    "sending": (_("being sent"), ""),
    "sent": (_("sent"), "info"),
    "delivered": (_("delivered"), "success"),
    "failed": (_("failed, will be tried again"), "warn"),
    "in_doubt": (_("nobody knows"), "warn"),
    "given_up": (_("not delivered"), "danger"),
}
CODES: dict[str, str | Promise] = {
    "visit_invited": _("Choose a time"),
    "visit_booked": _("Confirmation"),
    "visit_day_before": _("Day before"),
    "visit_on_the_way": _("On the way"),
    "visit_moved": _("New time"),
    "visit_earlier": _("Something earlier"),
    "visit_delayed": _("Another arrival time"),
    "visit_technician": _("Another technician"),
    "visit_cancelled": _("Cancellation"),
    "visit_done": _("Everything works?"),
    "visit_still_works": _("Still working?"),
    "visit_no_access": _("No access"),
    "dispute_answered": _("Dispute answered"),
    "link_renewed": _("New link"),
    "help_waits": _("Help is asked for"),
    "risk_waits": _("Promises in danger"),
}
REASONS: dict[str, str | Promise] = {
    "fixed_itself": _("It works again"),
    "not_home": _("Not at home"),
    "not_needed": _("No longer needed"),
    "other": _("Another reason"),
    "operator": _("The operator's decision"),
    "does_not_work": _("The customer says it does not work"),
    "stopped_working": _("The customer says it no longer works"),
    "low_score": _("A low score"),
    "no_access": _("Nobody opened"),
    "needs_another": _("The technician asks for another visit"),
    "not_done": _("Something was not done"),
    "times": _("The times are wrong"),
    "damage": _("Something was damaged"),
}
KINDS: dict[str, str | Promise] = {
    "visit_invited": _("Asked to choose a time"),
    "visit_booked": _("Visit booked"),
    "visit_moved": _("Visit moved"),
    "visit_assigned": _("Technician assigned"),
    "visit_on_the_way": _("Technician set out"),
    "visit_arrived": _("Technician arrived"),
    "visit_done": _("Visit done"),
    "visit_cancelled": _("Visit cancelled"),
    "visit_failed": _("Visit did not succeed"),
    "service_confirmed": _("The customer answered “Does everything work?”"),
    "later_answered": _("The customer answered “Is everything still working?”"),
    "note_written": _("Note written"),
    "photo_added": _("Photo added"),
    "call_tried": _("Call tried"),
    "report_issued": _("Report issued"),
    "dispute_opened": _("The customer disputes the report"),
    "dispute_answered": _("Dispute answered"),
    "earlier_offered": _("Something earlier offered"),
    "delay_told": _("Delay told"),
    "delay_accepted": _("The customer waits"),
    "visit_turned_back": _("Technician turned back"),
    "visit_rated": _("The customer rated the visit"),
    "low_score": _("A low score waits for an answer"),
    "follow_up_asked": _("Another visit asked for"),
    "message_sent": _("Message sent"),
    "message_failed": _("Message not delivered"),
}

KIND_ICONS = {
    "visit_invited": "chat",
    "visit_booked": "calendar",
    "visit_moved": "clock",
    "visit_assigned": "user",
    "visit_on_the_way": "van",
    "visit_turned_back": "back",
    "visit_arrived": "pin",
    "visit_done": "check",
    "visit_cancelled": "close",
    "visit_failed": "alert",
    "visit_rated": "star",
    "service_confirmed": "circle-check",
    "later_answered": "circle-check",
    "low_score": "star",
    "follow_up_asked": "refresh",
    "note_written": "note",
    "photo_added": "camera",
    "call_tried": "phone",
    "report_issued": "note",
    "dispute_opened": "flag",
    "dispute_answered": "chat",
    "earlier_offered": "bell",
    "delay_told": "clock",
    "delay_accepted": "check",
    "message_sent": "chat",
    "message_failed": "alert",
}
UNUSED: dict[str, str | Promise] = {
    "off_shift": _("outside a shift, or private"),
    "near_home": _("near where the technician lives"),
    "out_of_area": _("outside the work areas"),
    "clock_back": _("the telephone’s clock was put back"),
    "clock_slow": _("the telephone’s clock is slow"),
    "future": _("time lies in the future"),
    "too_old": _("older than a week"),
    "bad_time": _("time cannot be read"),
    "no_id": _("no device named"),
    "no_place": _("no place in it"),
    "null_island": _("place is zero, zero"),
    "too_vague": _("place too vague"),
    "not_valid": _("marked as not valid by the phone"),
    "unreadable": _("cannot be read"),
    "unknown_dialect": _("a form we do not know"),
    "too_large": _("too large"),
    "refused": _("refused by the database"),
}

CHANGES: dict[str, str | Promise] = {
    "nightly": _("Planned"),
    "repair": _("Repaired by itself"),
    "proposal": _("Repair taken"),
    "assigned": _("Given to somebody"),
    "released": _("Taken back"),
    "moved": _("Moved by hand"),
    "swapped": _("Swapped by hand"),
    "undone": _("Undone"),
    "restored": _("Went back"),
}
STAYS: dict[str, str | Promise] = {
    "begun": _("has begun, is over or was called off"),
    "newer": _("was booked since"),
    "past": _("its time of then has passed"),
    "promised": _("another time has been promised since"),
    "absent": _("whoever had it does not work then any more"),
    "busy": _("whoever had it has another visit then"),
}
RUNS: dict[str, tuple[str | Promise, str]] = {
    "waiting": (_("waiting"), ""),
    "running": (_("being planned"), "sun"),
    "done": (_("planned"), "success"),
    "cancelled": (_("stopped"), ""),
    "failed": (_("failed"), "danger"),
}
TRIALS: dict[str, str | Promise] = {"running": _("being tried"), "done": _("tried")}


APPS: dict[str, str | Promise] = {
    "traccar": "Traccar Client",
    "owntracks": "OwnTracks",
    "osmand": "OsmAnd",
    "page": _("This page, while it is open"),
}


@register.filter
def app_words(app: str) -> str | Promise:
    return APPS.get(app, app)


@register.filter
def unused_words(reason: str) -> str | Promise:
    return UNUSED.get(reason, reason)


@register.filter
def state_words(state: str) -> str | Promise:
    return STATES.get(state, (state, ""))[0]


@register.filter
def state_tone(state: str) -> str:
    return STATES.get(state, ("", ""))[1]


@register.filter
def change_words(why: str) -> str | Promise:
    """Answer what a version of a plan came of."""
    return CHANGES.get(why, why)


@register.filter
def stay_words(why: str) -> str | Promise:
    """Answer why a visit stays as it is when a day goes back to an earlier plan."""
    return STAYS.get(why, why)


@register.filter
def run_words(state: str) -> str | Promise:
    return RUNS.get(state, (state, ""))[0]


@register.filter
def trial_words(state: str) -> str | Promise:
    return TRIALS.get(state) or run_words(state)


@register.filter
def run_tone(state: str) -> str:
    return RUNS.get(state, ("", ""))[1]


@register.filter
def signed(n: float) -> str:
    """Answer a difference with its sign: "+3", "−3", "0"."""
    return f"{'+' if n > 0 else '−'}{abs(n)}" if n else "0"


@register.filter
def step_words(step: str) -> str | Promise:
    return STEPS.get(step, (step, ""))[0]


@register.filter
def step_icon(step: str) -> str:
    return STEPS.get(step, ("", "next"))[1]


@register.filter
def message_words(state: str) -> str | Promise:
    return MESSAGES.get(state, (state, ""))[0]


@register.filter
def message_tone(state: str) -> str:
    return MESSAGES.get(state, ("", ""))[1]


@register.filter
def code_words(code: str) -> str | Promise:
    return CODES.get(code, code)


@register.filter
def reason_words(reason: str) -> str | Promise:
    return REASONS.get(reason, reason)


@register.filter
def kind_words(kind: str) -> str | Promise:
    return KINDS.get(kind, kind)


@register.filter
def moment_words(moment: datetime) -> str:
    """Answer a day with its year and the time, as people of the reader's language write them."""
    here = timezone.localtime(moment)
    return f"{date_words(here.date(), (get_language() or 'en')[:2])}, {time_words(here.time())}"


@register.filter
def channel_words(channel: str) -> str | Promise:
    return CHANNELS[channel][0]


@register.filter
def channel_icon(channel: str) -> str:
    return CHANNELS[channel][1]


@register.filter
def kind_icon(kind: str) -> str:
    return KIND_ICONS.get(kind, "info")


@register.filter
def said_on_map(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Answer the points of a map with their state in words, too: a colour alone tells nothing to some."""
    return [
        {**point, "label": f"{point['text']} {point['label']}: {state_words(point['state'])}"} if "state" in point else point
        for point in points
    ]


@register.filter
def doer(actor_id: str, names: dict[str, str]) -> str | Promise:
    """Answer who took a step, for people: a name, the customer by his link, or the house."""
    if actor_id.startswith("key:"):
        return _("Customer")
    return names.get(actor_id) or ("Blisko" if actor_id == "system" else actor_id)


@register.filter
def in_my_words(words: dict[str, str]) -> str:
    """Answer the wording of a `WordsField` in the reader's language."""
    return said(words)


@register.filter
def at(values: dict[str, object], key: str) -> object:
    """Answer the value under a key that a template cannot write with a dot."""
    return values.get(key, "")


@register.filter
def drive_words(minutes: float) -> str:
    """Answer a drive in whole minutes: "12 min"."""
    return gettext("{n} min").replace("{n}", str(round(minutes)))


SWAPS: dict[str, str | Promise] = {
    "offered": _("nobody has taken it yet"),
    "accepted": _("a colleague takes it; a dispatcher decides"),
    "done": _("handed over"),
    "declined": _("the dispatcher said no: it stays yours"),
    "withdrawn": _("taken back"),
    "ended": _("over"),
}


@register.filter
def swap_state(state: str) -> str | Promise:
    """Answer what became of an offer."""
    return SWAPS[state]


@register.filter
def swap_words(asked: Any) -> str:
    """Answer what a swap means for the one who is asked: "+12 min driving, done by 16:40 instead of 16:10"."""
    done, was = (one and time_words(timezone.localtime(one).time()) for one in (asked.done, asked.was_done))
    words = gettext("{n} min driving, done by {done} instead of {was}") if was else gettext("{n} min driving, done by {done}")
    return words.format(n=f"{'−' if asked.minutes < 0 else '+' if asked.minutes else ''}{abs(asked.minutes)}", done=done, was=was)


@register.filter
def swap_promises(asked: Any) -> str:
    """Answer what a swap means for the promises of the one who is asked: none breaks; how many of his visits begin later within theirs."""
    if not asked.later:
        return gettext("no promise broken")
    words = ngettext("{n} visit begins later, within its promise", "{n} visits begin later, within their promises", asked.later)
    return words.replace("{n}", str(asked.later))
