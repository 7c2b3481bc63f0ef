from blisko.access.rules import SYSTEM
from blisko.kit.events import on
from blisko.planning.services import end_slot, free_slot
from blisko.visits.events import VisitCancelled, VisitDone, VisitFailed, VisitMoved


@on(VisitCancelled)
def free_cancelled_slot(event: VisitCancelled) -> None:
    free_slot(event.visit_id, actor=SYSTEM, now=event.at)


@on(VisitMoved)
def free_moved_slot(event: VisitMoved) -> None:
    free_slot(event.visit_id, actor=SYSTEM, now=event.at)


@on(VisitDone)
def end_done_slot(event: VisitDone) -> None:
    end_slot(event.visit_id, now=event.at)


@on(VisitFailed)
def end_failed_slot(event: VisitFailed) -> None:
    end_slot(event.visit_id, now=event.at)
