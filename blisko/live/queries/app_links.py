"""Links issued to the operator's own app."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from blisko.access.queries import audit_of, open_keys
from blisko.access.rules import SYSTEM, Actor, KeyKind, hash_token, require
from blisko.live.queries.link import APP
from blisko.visits.queries import visit_for

if TYPE_CHECKING:
    from blisko.access.models import Key

EMBEDDABLE = "live.embedded_link"


def app_links_of(actor: Actor, visit_id: int, *, now: datetime) -> QuerySet["Key"]:
    """Answer the open links to a visit that were issued by API, newest first."""
    require(actor, "live.issue_links")
    return open_keys(now).filter(kind=KeyKind.LINK, opens=f"visit:{visit_id}", holder__startswith=APP).order_by("-pk")


def may_be_embedded(token: str, *, now: datetime) -> bool:
    """Tell whether the pages of a link may be shown in a frame."""
    return open_keys(now).filter(kind=KeyKind.LINK, token_hash=hash_token(token), scopes__contains=[EMBEDDABLE]).exists()


def times_moved(actor: Actor, visit_id: int, *, now: datetime) -> int:
    """Answer how often a visit the actor may see was given another window."""
    visit_for(actor, visit_id, now=now)
    return audit_of(SYSTEM, f"visit:{visit_id}").filter(verb="move_visit").count()
