from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import segno
from django.conf import settings
from django.db import IntegrityError, transaction

from blisko.access.rules import Actor, KeyKind
from blisko.access.services import give_token, reveal_token, revoke_key, write_audit
from blisko.live.errors import NoSuchDevice, UnknownApp
from blisko.live.models import Device
from blisko.live.queries.positions import device_for, technician_whose_phones
from blisko.live.rules.provisioning import App, Provisioning, provisioning


@dataclass(frozen=True)
class PhoneSetup:
    """One device and how to set it up; `qr_svg` is a whole SVG document of the secret in `how.scan`."""

    device: Device
    how: Provisioning
    qr_svg: str


@transaction.atomic
def issue_device(technician_id: int, app: str, *, actor: Actor, now: datetime) -> PhoneSetup:
    """Let one more phone report for a technician, at an address nobody can guess."""
    technician_whose_phones(actor, technician_id)
    if app not in set(App) - {App.PAGE}:
        raise UnknownApp(details={"app": app})
    return _set_up(_add(technician_id, App(app), actor, now))


def phone_setup(device_id: int, *, actor: Actor) -> PhoneSetup:
    """Show the setup of a phone again, for the same eyes only."""
    return _set_up(device_for(actor, device_id))


@transaction.atomic
def page_report_url(technician_id: int, *, actor: Actor, now: datetime) -> str:
    """Answer where the technician's own open page reports its position (form fields `id`, `lat`, `lon`, …)."""
    technician_whose_phones(actor, technician_id)
    try:
        with transaction.atomic():
            device = Device.objects.filter(technician_id=technician_id, app=App.PAGE, revoked_at=None).first()
            device = device or _add(technician_id, App.PAGE, actor, now)
    except IntegrityError:
        device = Device.objects.get(technician_id=technician_id, app=App.PAGE, revoked_at=None)
    return _report_url(device)


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


def _report_url(device: Device) -> str:
    if device.key_id is None or device.revoked_at is not None:
        raise NoSuchDevice
    return f"{settings.BLISKO_LIVE_URL.rstrip('/')}/p/{reveal_token(device.key_id)}"


def _set_up(device: Device) -> PhoneSetup:
    how = provisioning(App(device.app), report_url=_report_url(device), device_id=device.pk)
    out = BytesIO()
    segno.make(how.scan, error="m", micro=False).save(out, kind="svg", scale=4, border=4, xmldecl=False, omitsize=True)
    return PhoneSetup(device, how, out.getvalue().decode())
