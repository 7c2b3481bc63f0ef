"""What carriers tell us: one door for delivery receipts, whatever the gateway calls its fields."""

import json

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from blisko.access.queries import actor_by_token
from blisko.access.rules import KeyKind
from blisko.kit import clock
from blisko.kit.errors import Invalid
from blisko.messaging.rules.delivery import receipt_says
from blisko.messaging.services import record_receipt

MOST_BYTES = 20_000
REFERENCES = ("reference", "ref", "client_ref", "message_id", "messageId", "id")
STATUSES = ("status", "state", "dlr_status", "delivery_status")
REASONS = ("reason", "error", "err", "description")


@csrf_exempt
@require_POST
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Take a receipt (JSON, form or query: a reference, a status, perhaps a reason) from whoever holds a key for it.

    204 also for a status in between ("sent", "buffered"), so that the gateway does not repeat it. Refuses 401-like by 404 or 403.
    """
    now = clock.now()
    actor = actor_by_token(token, kind=KeyKind.API, now=now)
    fields = _fields(request)
    reference, status = _first(fields, REFERENCES), _first(fields, STATUSES)
    if not reference or not status:
        raise Invalid("A receipt names a reference and a status.", details={"reference": list(REFERENCES), "status": list(STATUSES)})
    arrived = receipt_says(status)
    if arrived is not None:
        record_receipt(actor, reference, arrived=arrived, now=now, why=_first(fields, REASONS) or ("" if arrived else status))
    return HttpResponse(status=204)


def _fields(request: HttpRequest) -> dict[str, object]:
    found: dict[str, object] = {**request.GET.dict(), **request.POST.dict()}
    if request.content_type != "application/json":
        return found
    if len(request.body) > MOST_BYTES:
        raise Invalid("This receipt is too long.")
    try:
        body = json.loads(request.body)
    except ValueError:
        raise Invalid("This is not JSON.") from None
    return {**found, **body} if isinstance(body, dict) else found


def _first(fields: dict[str, object], names: tuple[str, ...]) -> str:
    return next((str(fields[name])[:200] for name in names if isinstance(fields.get(name), (str, int))), "")
