from datetime import datetime

from django.db import IntegrityError, transaction

from blisko.access.rules import Actor, KeyKind
from blisko.access.services import give_token, revoke_key, write_audit
from blisko.live.errors import UnknownApp
from blisko.live.models import Device
from blisko.live.queries.devices import PhoneSetup, setup_of
from blisko.live.queries.positions import device_for, technician_whose_phones
from blisko.live.rules.provisioning import App


@transaction.atomic
def issue_device(technician_id: int, app: str, *, actor: Actor, now: datetime) -> PhoneSetup:
    """Let one more phone (or his own open page, once) report for a technician, at an address nobody can guess."""
    technician_whose_phones(actor, technician_id)
    if app not in set(App):
        raise UnknownApp(details={"app": app})
    known = Device.objects.filter(technician_id=technician_id, app=App.PAGE, revoked_at=None).first() if app == App.PAGE else None
    try:
        with transaction.atomic():
            return setup_of(known or _add(technician_id, App(app), actor, now))
    except IntegrityError:
        return setup_of(Device.objects.get(technician_id=technician_id, app=App.PAGE, revoked_at=None))


@transaction.atomic
def revoke_device(device_id: int, *, actor: Actor, now: datetime) -> None:
    """Stop listening to a phone: lost, sold, or handed to somebody else."""
    device = device_for(actor, device_id)
    if device.key_id is not None:
        revoke_key(device.key_id, by=actor, now=now)
    if Device.objects.filter(pk=device.pk, revoked_at=None).update(revoked_at=now):
        write_audit(actor, "revoke_device", f"technician:{device.technician_id}", now=now, detail={"device": device.pk})


def _add(technician_id: int, app: App, actor: Actor, now: datetime) -> Device:
    device = Device.objects.create(technician_id=technician_id, app=app, issued_at=now)
    device.key = give_token(KeyKind.DEVICE, holder=f"technician:{technician_id}", opens=f"device:{device.pk}", by=actor, now=now)
    device.save(update_fields=["key"])
    write_audit(actor, "issue_device", f"technician:{technician_id}", now=now, detail={"device": device.pk, "app": str(app)})
    return device
