"""What is known of the plan and of the ways between its places."""

from blisko.planning.queries.alerts import AlertCard, alert_for, alerts_for, dangers_of, neglected_alerts
from blisko.planning.queries.assignments import assignment_of, assignment_then, assignments_of, plan_between, taken_from, was_given
from blisko.planning.queries.choices import held_for, purpose_for, saved_trip_of, saved_trips, slots_to_choose, waits_for_earlier
from blisko.planning.queries.durations import duration_evidence, duration_of, durations_now, forecast_record, patterns_between, traffic_now
from blisko.planning.queries.parts import LowStock, low_stock, parts_check
from blisko.planning.queries.problems import planning_rules
from blisko.planning.queries.risks import DayAhead, NarrowWindow, day_ahead, narrow_window
from blisko.planning.queries.roads import ranges_between, roads, roads_in_words, travel_between, way
from blisko.planning.queries.runs import open_proposals, plan_run_for, plan_runs
from blisko.planning.queries.slots import offer_new_slots, offer_slots
from blisko.planning.queries.swaps import (
    open_swap_of,
    shift_to_offer,
    shifts_to_offer,
    sick_leave_of,
    swaps_asked_of,
    swaps_of,
    swaps_to_approve,
    uncovered_by_sickness,
    visits_offered,
)
from blisko.planning.queries.takers import takers_of
from blisko.planning.queries.trials import DayToTry, day_to_try, is_overtaken, newest_trial, plan_trial_for, preset_in_use
from blisko.planning.queries.versions import plan_difference, plan_versions, return_to, route_stops, visits_told_otherwise
from blisko.planning.queries.what_if import compare_presets, consequences, one_more, repairs_for, swap_consequences
from blisko.planning.queries.wishes import told_for, wishes_for

__all__ = [
    "AlertCard",
    "DayAhead",
    "DayToTry",
    "LowStock",
    "NarrowWindow",
    "alert_for",
    "alerts_for",
    "assignment_of",
    "assignment_then",
    "assignments_of",
    "compare_presets",
    "consequences",
    "dangers_of",
    "day_ahead",
    "day_to_try",
    "duration_evidence",
    "duration_of",
    "durations_now",
    "forecast_record",
    "held_for",
    "is_overtaken",
    "low_stock",
    "narrow_window",
    "neglected_alerts",
    "newest_trial",
    "offer_new_slots",
    "offer_slots",
    "one_more",
    "open_proposals",
    "open_swap_of",
    "parts_check",
    "patterns_between",
    "plan_between",
    "plan_difference",
    "plan_run_for",
    "plan_runs",
    "plan_trial_for",
    "plan_versions",
    "planning_rules",
    "preset_in_use",
    "purpose_for",
    "ranges_between",
    "repairs_for",
    "return_to",
    "roads",
    "roads_in_words",
    "route_stops",
    "saved_trip_of",
    "saved_trips",
    "shift_to_offer",
    "shifts_to_offer",
    "sick_leave_of",
    "slots_to_choose",
    "swap_consequences",
    "swaps_asked_of",
    "swaps_of",
    "swaps_to_approve",
    "taken_from",
    "takers_of",
    "told_for",
    "traffic_now",
    "travel_between",
    "uncovered_by_sickness",
    "visits_offered",
    "visits_told_otherwise",
    "waits_for_earlier",
    "was_given",
    "way",
    "wishes_for",
]
