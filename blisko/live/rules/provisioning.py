"""What a telephone's app must be told so that it reports to its own address."""

import base64
import json
from dataclasses import dataclass
from enum import StrEnum


class App(StrEnum):
    """What runs on the phone."""

    TRACCAR = "traccar"
    OWNTRACKS = "owntracks"
    OSMAND = "osmand"
    PAGE = "page"


@dataclass(frozen=True)
class Provisioning:
    """How one phone is set up: `scan` goes into the QR code, `type_in` is for whoever types it; both hold the secret."""

    app: App
    scan: str
    type_in: str


def provisioning(app: App, *, report_url: str, device_id: int) -> Provisioning:
    """Answer what to scan and what to type for one app.

    `report_url` is the device's own address, secret included. Keys: Traccar Client's `configuration_service.dart`,
    OwnTracks' `.otrc`, OsmAnd's "online tracking" template.
    """
    if app == App.TRACCAR:
        settings = "accuracy=high&distance=50&interval=30&angle=30&heartbeat=300&buffer=true&stop_detection=true"
        return Provisioning(app, f"{report_url}?id={device_id}&{settings}", report_url)
    if app == App.OWNTRACKS:
        return Provisioning(app, "owntracks:///config?inline=" + _otrc(report_url, device_id), report_url)
    fields = "lat={0}&lon={1}&timestamp={2}&hdop={3}&altitude={4}&speed={5}"
    address = f"{report_url}?id={device_id}&{fields}" if app == App.OSMAND else report_url
    return Provisioning(app, address, address)


def _otrc(report_url: str, device_id: int) -> str:
    """OwnTracks' own file of settings: HTTP mode, every 10 s while moving, at most every 30 s otherwise."""
    told = {
        "_type": "configuration",
        "mode": 3,
        "url": report_url,
        "auth": False,
        "username": "blisko",
        "deviceId": str(device_id),
        "tid": str(device_id)[-2:].zfill(2),
        "monitoring": 2,
        "moveModeLocatorInterval": 10,
        "locatorInterval": 30,
        "locatorDisplacement": 50,
    }
    return base64.urlsafe_b64encode(json.dumps(told, separators=(",", ":")).encode()).decode()
