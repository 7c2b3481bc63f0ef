from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from blisko.access.errors import UnknownKey
from blisko.access.rules import SYSTEM, Actor, KeyKind, require
from blisko.access.services import give_token, revoke_key
from blisko.live.queries.app_links import EMBEDDABLE, app_links_of
from blisko.live.queries.link import APP
from blisko.visits.errors import NoSuchVisit
from blisko.visits.queries import visit_for, visits_of_customer
from blisko.visits.rules import ENDED

if TYPE_CHECKING:
    from blisko.access.models import Key
    from blisko.visits.models import Visit

MOST_LINKS = 50


@transaction.atomic
def issue_app_link(visit_id: int, *, minutes: int, embeddable: bool, actor: Actor, now: datetime, customer_id: int | None = None) -> "Key":
    """Let whoever is signed in to the operator's app open a visit's page for some minutes; `reveal_token` answers the token.

    `customer_id`: who is signed in there; refuses `NoSuchVisit` when the visit is not theirs. `embeddable`: in a frame, too.
    """
    require(actor, "live.issue_links")
    visit = visit_for(SYSTEM, visit_id, now=now)
    if customer_id is not None and visit.order.customer_id != customer_id:
        raise NoSuchVisit
    return _issue(visit, minutes, embeddable, actor, now)


@transaction.atomic
def issue_app_links(customer_id: int, *, minutes: int, embeddable: bool, actor: Actor, now: datetime) -> list["Key"]:
    """Issue a link to each visit of a customer that has not ended, the next visits first."""
    require(actor, "live.issue_links")
    booked_first = F("choose_until").asc(nulls_first=True)
    ahead = visits_of_customer(SYSTEM, customer_id).exclude(state__in=ENDED).order_by(booked_first, "window_from", "pk")
    return [_issue(visit, minutes, embeddable, actor, now) for visit in ahead[:MOST_LINKS]]


@transaction.atomic
def revoke_app_link(visit_id: int, link_id: int, *, actor: Actor, now: datetime) -> None:
    """End a link before its time; refuses `UnknownKey`."""
    key = app_links_of(actor, visit_id, now=now).filter(pk=link_id).first()
    if key is None:
        raise UnknownKey
    revoke_key(key.pk, by=actor, now=now)


def _issue(visit: "Visit", minutes: int, embeddable: bool, actor: Actor, now: datetime) -> "Key":
    return give_token(
        KeyKind.LINK,
        holder=f"{APP}{actor.id}",
        opens=f"visit:{visit.pk}",
        until=now + timedelta(minutes=minutes),
        by=actor,
        now=now,
        scopes=[EMBEDDABLE] if embeddable else [],
        label=visit.order.customer.name[:120],
    )
