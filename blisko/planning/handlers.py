from blisko.access.rules import SYSTEM
from blisko.field.events import TechnicianAbsent
from blisko.kit.events import on
from blisko.planning.services.assigning import end_slot, free_slot
from blisko.planning.services.repairing import ask_repair_around, ask_repair_for
from blisko.visits.events import VisitBooked, VisitCancelled, VisitDone, VisitFailed, VisitMoved


@on(VisitBooked)
def plan_an_emergency(event: VisitBooked) -> None:
    ask_repair_around(event.visit_id, now=event.at)


@on(VisitCancelled)
def free_cancelled_slot(event: VisitCancelled) -> None:
    free_slot(event.visit_id, actor=SYSTEM, now=event.at)
    ask_repair_around(event.visit_id, now=event.at)


@on(VisitMoved)
def free_moved_slot(event: VisitMoved) -> None:
    free_slot(event.visit_id, actor=SYSTEM, now=event.at)
    ask_repair_around(event.visit_id, now=event.at, also=event.was_from)


@on(VisitDone)
def end_done_slot(event: VisitDone) -> None:
    end_slot(event.visit_id, now=event.at)


@on(VisitFailed)
def end_failed_slot(event: VisitFailed) -> None:
    end_slot(event.visit_id, now=event.at)


@on(TechnicianAbsent)
def cover_for_somebody(event: TechnicianAbsent) -> None:
    ask_repair_for(event.technician_id, event.starts, event.ends, now=event.at)
