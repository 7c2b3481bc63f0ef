from blisko.access.rules import SYSTEM
from blisko.field.events import TechnicianAbsent
from blisko.kit.events import on
from blisko.planning.events import VisitAssigned, VisitReleased
from blisko.planning.services.alerts import ask_look
from blisko.planning.services.assigning import end_slot, free_misplaced, free_slot
from blisko.planning.services.choosing import ask_for_earlier
from blisko.planning.services.repairing import ask_repair_around, ask_repair_for
from blisko.planning.services.saving import note_saved_trip
from blisko.planning.services.swaps import end_cut_shifts, end_grown_shifts, end_swaps_of
from blisko.planning.services.wishes import note_changed
from blisko.visits.events import (
    TechnicianArrived,
    TechnicianSetOut,
    TechnicianTurnedBack,
    VisitBooked,
    VisitCancelled,
    VisitChanged,
    VisitDone,
    VisitFailed,
    VisitMoved,
)


@on(VisitBooked)
def plan_an_emergency(event: VisitBooked) -> None:
    ask_repair_around(event.visit_id, now=event.at)


@on(VisitCancelled)
def free_cancelled_slot(event: VisitCancelled) -> None:
    note_saved_trip(event.visit_id, by_customer=event.by_customer, now=event.at)
    free_slot(event.visit_id, actor=SYSTEM, now=event.at)
    ask_repair_around(event.visit_id, now=event.at)


@on(VisitMoved)
def free_moved_slot(event: VisitMoved) -> None:
    free_misplaced(event.visit_id, actor=SYSTEM, now=event.at)
    ask_repair_around(event.visit_id, now=event.at, also=event.was_from)


@on(VisitReleased)
def offer_what_came_free(event: VisitReleased) -> None:
    ask_for_earlier()


@on(VisitChanged)
def offer_what_a_change_leaves(event: VisitChanged) -> None:
    note_changed(event.visit_id)


@on(VisitDone)
def end_done_slot(event: VisitDone) -> None:
    end_slot(event.visit_id, now=event.at)


@on(VisitFailed)
def end_failed_slot(event: VisitFailed) -> None:
    end_slot(event.visit_id, now=event.at)


@on(TechnicianAbsent)
def cover_for_somebody(event: TechnicianAbsent) -> None:
    ask_repair_for(event.technician_id, event.starts, event.ends, now=event.at)


@on(VisitAssigned)
def look_again_after_assigning(event: VisitAssigned) -> None:
    ask_look(event.visit_id, event.technician_id, now=event.at)


@on(VisitReleased)
def look_again_after_releasing(event: VisitReleased) -> None:
    ask_look(event.visit_id, event.technician_id, now=event.at)


@on(TechnicianSetOut)
def look_again_after_setting_out(event: TechnicianSetOut) -> None:
    ask_look(event.visit_id, now=event.at)


@on(TechnicianTurnedBack)
def look_again_after_turning_back(event: TechnicianTurnedBack) -> None:
    ask_look(event.visit_id, now=event.at)


@on(TechnicianArrived)
def look_again_after_arriving(event: TechnicianArrived) -> None:
    ask_look(event.visit_id, now=event.at)


@on(VisitDone)
def look_again_after_finishing(event: VisitDone) -> None:
    ask_look(event.visit_id, now=event.at)


@on(VisitFailed)
def look_again_after_failing(event: VisitFailed) -> None:
    ask_look(event.visit_id, now=event.at)


@on(VisitReleased)
def end_swap_of_what_was_taken(event: VisitReleased) -> None:
    end_swaps_of(event.visit_id, technician_id=event.technician_id, now=event.at)


@on(VisitMoved)
def end_swap_of_what_was_moved(event: VisitMoved) -> None:
    end_swaps_of(event.visit_id, now=event.at)


@on(VisitCancelled)
def end_swap_of_what_was_cancelled(event: VisitCancelled) -> None:
    end_swaps_of(event.visit_id, now=event.at)


@on(TechnicianSetOut)
def end_swap_of_what_began(event: TechnicianSetOut) -> None:
    end_swaps_of(event.visit_id, now=event.at)


@on(VisitAssigned)
def end_swap_of_shift_that_grew(event: VisitAssigned) -> None:
    end_grown_shifts(event.visit_id, event.technician_id, now=event.at)


@on(TechnicianAbsent)
def end_swap_of_shift_that_was_cut(event: TechnicianAbsent) -> None:
    end_cut_shifts(event.technician_id, event.starts, event.ends, now=event.at)
