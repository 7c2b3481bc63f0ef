"""Give visits to technicians and take them back; keep plans, change them by hand; keep and learn what ways take."""

from blisko.planning.services.assigning import assign_visit, end_slot, free_slot, unassign_visit
from blisko.planning.services.by_hand import move_assignment, move_assignments, pin_visit, swap_assignments
from blisko.planning.services.plans import commit_plan, undo_last
from blisko.planning.services.speeds import learn_speeds
from blisko.planning.services.travel import forget_travel, keep_travel
from blisko.planning.services.wishes import drop_wish, note_told, set_wish

__all__ = [
    "assign_visit",
    "commit_plan",
    "drop_wish",
    "end_slot",
    "forget_travel",
    "free_slot",
    "keep_travel",
    "learn_speeds",
    "move_assignment",
    "move_assignments",
    "note_told",
    "pin_visit",
    "set_wish",
    "swap_assignments",
    "unassign_visit",
    "undo_last",
]
