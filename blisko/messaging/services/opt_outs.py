from datetime import datetime

from django.db import transaction

from blisko.access.rules import Actor, require
from blisko.access.services import write_audit
from blisko.messaging.models import OptOut
from blisko.messaging.rules.delivery import Address, masked


@transaction.atomic
def opt_out(actor: Actor, address: Address, *, now: datetime) -> None:
    """Send nothing more to this address, what is queued included; asking twice is fine."""
    require(actor, "messaging.resolve_doubt")
    _, new = OptOut.objects.get_or_create(channel=address.channel, address=address.value, defaults={"at": now, "by": actor.id})
    if new:
        write_audit(actor, "opt_out", "messaging.address", now=now, detail={"address": masked(address.value)})


@transaction.atomic
def opt_in(actor: Actor, address: Address, *, now: datetime) -> None:
    """Write to this address again."""
    require(actor, "messaging.resolve_doubt")
    if OptOut.objects.filter(channel=address.channel, address=address.value).delete()[0]:
        write_audit(actor, "opt_in", "messaging.address", now=now, detail={"address": masked(address.value)})
