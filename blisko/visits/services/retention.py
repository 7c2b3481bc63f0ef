from datetime import datetime

from blisko.access.services import keep_days
from blisko.visits.models import Confirmation, Dispute, Note, Visit, VisitRequest
from blisko.visits.rules import DisputeState, RequestState


@keep_days("visits.words", 1095, "What was written about visits: notes, comments, wishes, disputes (stars and answers are kept)")
def forget_words(before: datetime) -> int:
    """Delete notes and empty what was written about visits before that moment; a wish or dispute that waits keeps its words."""
    Visit.objects.filter(ended_at__lt=before).exclude(end_note="").update(end_note="")
    Confirmation.objects.filter(at__lt=before).exclude(comment="").update(comment="")
    VisitRequest.objects.filter(at__lt=before).exclude(state=RequestState.OPEN).exclude(text="").update(text="")
    Dispute.objects.filter(at__lt=before).exclude(state=DisputeState.OPEN).exclude(text="").update(text="", answer="")
    return Note.objects.filter(at__lt=before).delete()[0]
