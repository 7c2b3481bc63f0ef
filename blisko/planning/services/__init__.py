"""Give visits to technicians and take them back; keep, make and mend plans; look after promises in danger; learn from the past."""

from blisko.planning.services.alerts import apply_repair, escalate_alerts, ignore_alert, refresh_risks, take_alert
from blisko.planning.services.assigning import assign_visit, end_slot, free_slot, unassign_visit
from blisko.planning.services.by_hand import move_assignment, move_assignments, pin_visit, swap_assignments
from blisko.planning.services.choosing import confirm_slot, hold_slot, let_slot_go, offer_earlier, stop_waiting, wait_for_earlier
from blisko.planning.services.durations import learn_durations
from blisko.planning.services.plans import commit_plan, restore_version, undo_last
from blisko.planning.services.repairing import change_planning_rules, choose_preset, dismiss_proposal, repair_day, take_proposal
from blisko.planning.services.runs import cancel_plan_run, plan_days, start_plan_run, work_plan_run
from blisko.planning.services.saving import note_saved_trip
from blisko.planning.services.sickness import report_sick
from blisko.planning.services.speeds import learn_speeds
from blisko.planning.services.swaps import (
    accept_swap,
    approve_swap,
    change_swap_rules,
    decline_swap,
    end_old_swaps,
    offer_shift,
    offer_swap,
    pass_swap,
    withdraw_swap,
)
from blisko.planning.services.travel import forget_travel, keep_travel
from blisko.planning.services.trials import cancel_trial, start_trial, work_trial
from blisko.planning.services.wishes import drop_wish, note_told, set_wish

__all__ = [
    "accept_swap",
    "apply_repair",
    "approve_swap",
    "assign_visit",
    "cancel_plan_run",
    "cancel_trial",
    "change_planning_rules",
    "change_swap_rules",
    "choose_preset",
    "commit_plan",
    "confirm_slot",
    "decline_swap",
    "dismiss_proposal",
    "drop_wish",
    "end_old_swaps",
    "end_slot",
    "escalate_alerts",
    "forget_travel",
    "free_slot",
    "hold_slot",
    "ignore_alert",
    "keep_travel",
    "learn_durations",
    "learn_speeds",
    "let_slot_go",
    "move_assignment",
    "move_assignments",
    "note_saved_trip",
    "note_told",
    "offer_earlier",
    "offer_shift",
    "offer_swap",
    "pass_swap",
    "pin_visit",
    "plan_days",
    "refresh_risks",
    "repair_day",
    "report_sick",
    "restore_version",
    "set_wish",
    "start_plan_run",
    "start_trial",
    "stop_waiting",
    "swap_assignments",
    "take_alert",
    "take_proposal",
    "unassign_visit",
    "undo_last",
    "wait_for_earlier",
    "withdraw_swap",
    "work_plan_run",
    "work_trial",
]
