"""What a customer record may hold."""

from datetime import datetime

from blisko.customers.errors import BadPosition

PERMISSIONS = {
    "customers.see": "See customers and their timeline",
    "customers.edit": "Add and change customers",
}
LANGUAGES = ("en", "pl", "hu")


def check_position(lat: float | None, lon: float | None) -> None:
    """Refuse `BadPosition` unless both are given in degrees (WGS 84), or neither."""
    if lat is None and lon is None:
        return
    if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180) or (lat == 0 and lon == 0):
        raise BadPosition(details={"lat": lat, "lon": lon})


def entry_key(kind: str, subject: str, at: datetime) -> str:
    """Answer the key that keeps one happening from standing on the timeline twice."""
    return f"{kind}:{subject}:{at.isoformat()}"
