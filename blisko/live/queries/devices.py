from dataclasses import dataclass
from datetime import datetime

import segno
from django.conf import settings

from blisko.access.rules import Actor
from blisko.access.services import reveal_token
from blisko.live.errors import NoSuchDevice
from blisko.live.models import Device, Fix
from blisko.live.queries.positions import device_for, technician_whose_phones
from blisko.live.rules.provisioning import App, Provisioning, provisioning


@dataclass(frozen=True)
class PhoneSetup:
    """One device and how to set it up; `qr` is a data URI of the QR code (SVG) of the secret in `how.scan`.

    `heard_at`: when it last sent anything that we keep, a place or a sign of life.
    """

    device: Device
    how: Provisioning
    qr: str
    heard_at: datetime | None


def phone_setup(device_id: int, *, actor: Actor) -> PhoneSetup:
    """Answer how a phone is set up, to whoever may set it up."""
    return setup_of(device_for(actor, device_id))


def setup_of(device: Device) -> PhoneSetup:
    """Answer how a device is set up, for whoever was already asked for his right."""
    how = provisioning(App(device.app), report_url=report_url(device), device_id=device.pk)
    qr = segno.make(how.scan, error="m", micro=False).svg_data_uri(scale=4, border=4)
    # A place is kept without a word about its device, which would be one more row to write for each.
    place = Fix.objects.filter(device=device).order_by("-fix_time").values_list("received_at", flat=True).first()
    return PhoneSetup(device, how, qr, max((at for at in (device.heard_at, place) if at), default=None))


def page_report_url(technician_id: int, *, actor: Actor) -> str:
    """Answer where the technician's own open page reports its position, or nothing while he has not allowed it."""
    technician_whose_phones(actor, technician_id)
    device = Device.objects.filter(technician_id=technician_id, app=App.PAGE, revoked_at=None).first()
    return report_url(device) if device else ""


def report_url(device: Device) -> str:
    """Answer the device's own address, secret included."""
    if device.key_id is None or device.revoked_at is not None:
        raise NoSuchDevice
    return f"{settings.BLISKO_LIVE_URL.rstrip('/')}/p/{reveal_token(device.key_id)}"
