from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from psycopg.types.range import TimestamptzRange

from blisko.access.rules import Actor, ActorKind, require
from blisko.access.services import write_audit
from blisko.customers.queries import site_by_id
from blisko.kit.events import emit
from blisko.kit.push import push
from blisko.kit.steps import take_step
from blisko.visits import queries, rules
from blisko.visits.errors import AnotherIsBooked, BadOrder, NoSuchVisit, NumberTaken
from blisko.visits.events import CustomerInvited, VisitBooked, VisitCancelled, VisitChanged, VisitMoved
from blisko.visits.models import Visit, VisitRequest, WorkOrder


def _number(prefix: str, row_id: int) -> str:
    return f"{prefix}-{row_id:06d}"


@transaction.atomic
def book_visit(
    *,
    actor: Actor,
    now: datetime,
    site_id: int,
    job_type: str,
    window_from: datetime,
    window_to: datetime,
    description: str = "",
    number: str = "",
    minutes: int | None = None,
    order_id: int | None = None,
    other_windows: Sequence[tuple[datetime, datetime]] = (),
    priority: rules.Priority | None = None,
    must: bool = False,
    after: int | None = None,
    gap_minutes: int = 0,
) -> Visit:
    """Promise a visit: a new work order (or another visit of `order_id`) with a window; emits `VisitBooked`.

    `number`: the operator's own visit number, made by us when empty; refused when taken. `priority` None: as its job type has.
    `after`: a visit whose open order this one joins, at the same place, to begin `gap_minutes` after its end.
    """
    require(actor, "visits.book")
    rules.check_windows([(window_from, window_to), *other_windows], now)
    kind, site = queries.job_type_by_code(job_type), site_by_id(site_id)
    if after is not None:
        order_id = _joined(after, site.pk, kind.pk, actor=actor, now=now)
    for_the_plan: dict[str, Any] = {"priority": priority or kind.priority, "must": must, "after_id": after, "gap_minutes": gap_minutes}
    with _own_number(number):
        order = WorkOrder.objects.get(pk=order_id) if order_id else _new_order(site.customer_id, site.pk, kind.pk, description, now)
        visit = _new_visit(
            order,
            (window_from, window_to),
            number=number.strip(),
            minutes=minutes or kind.minutes,
            other_windows=_ranges(other_windows),
            now=now,
            **for_the_plan,
        )
    _tell_booked(visit, actor=actor, now=now)
    return visit


@contextmanager
def _own_number(number: str) -> Iterator[None]:
    """Make a visit of this number, or nothing at all: refuse `NumberTaken` where another has it."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise NumberTaken(details={"number": number}) from None


def _new_visit(order: WorkOrder, window: tuple[datetime, datetime], *, now: datetime, number: str = "", **more: Any) -> Visit:
    visit = Visit.objects.create(
        number=number or f"new-{order.pk}-{now.timestamp()}",
        order=order,
        window_from=window[0],
        window_to=window[1],
        created_at=now,
        **more,
    )
    if not number:
        _give_number(visit)
    return visit


def _tell_booked(visit: Visit, *, actor: Actor, now: datetime) -> None:
    write_audit(actor, "book_visit", f"visit:{visit.pk}", now=now)
    emit(VisitBooked(visit_id=visit.pk, at=now))
    push("day")


@transaction.atomic
def invite_customer(
    *,
    actor: Actor,
    now: datetime,
    site_id: int,
    job_type: str,
    choose_until: datetime,
    description: str = "",
    number: str = "",
    minutes: int | None = None,
    priority: rules.Priority | None = None,
) -> Visit:
    """Ask the customer to choose the time of a visit himself, by a link: a new work order; emits `CustomerInvited`.

    `planning` promises what he chose; until then no day and no technician knows of it. Refuses `BadInvitation` and `NumberTaken`.
    """
    require(actor, "visits.book")
    kind, site = queries.job_type_by_code(job_type), site_by_id(site_id)
    rules.check_invitation(choose_until, kind.crew_size, now)
    more: dict[str, Any] = {"minutes": minutes or kind.minutes, "priority": priority or kind.priority, "state": rules.VisitState.INVITED}
    with _own_number(number):
        order = _new_order(site.customer_id, site.pk, kind.pk, description, now)
        visit = _new_visit(order, (now, choose_until), number=number.strip(), now=now, choose_until=choose_until, **more)
    write_audit(actor, "invite_customer", f"visit:{visit.pk}", now=now)
    emit(CustomerInvited(visit_id=visit.pk, at=now))
    push("day")
    return visit


@transaction.atomic
def book_again(visit_id: int, *, window_from: datetime, window_to: datetime, actor: Actor, now: datetime) -> Visit:
    """Promise another visit of an order whose visit ended without what it was for; its open requests are answered by it.

    A customer's link may, too: `planning` calls this for it with a window that was offered. Refuses `AnotherIsBooked`: never two.
    """
    visit = queries.visit_for(actor, visit_id, now=now, lock=True)
    rules.check_again(actor, rules.VisitState(visit.state), visit.works)
    rules.check_window(window_from, window_to, now)
    order = WorkOrder.objects.select_for_update(no_key=True).get(pk=visit.order_id)
    if order.visits.exclude(state__in=rules.ENDED).exists():
        raise AnotherIsBooked
    if order.state != rules.OrderState.OPEN:
        take_step(order, "reopen", by=actor, now=now)
    skills, parts = queries.needs_again(order.pk)
    more: dict[str, Any] = {"minutes": order.job_type.minutes, "priority": visit.priority, "must": visit.must}
    another = _new_visit(order, (window_from, window_to), now=now, more_skills=skills, more_parts=parts, **more)
    for request in VisitRequest.objects.filter(visit__order=order, state=rules.RequestState.OPEN):
        take_step(request, "book", by=actor, now=now, booked_visit_id=another.pk)
    _tell_booked(another, actor=actor, now=now)
    tell_watchers(visit_id)
    return another


def _give_number(visit: Visit) -> None:
    visit.number = _number("V", visit.pk)
    if Visit.objects.filter(number=visit.number).exists():  # an operator's own number may look like ours
        visit.number += "-1"
    visit.save(update_fields=["number"])


def _joined(after: int, site_id: int, job_type_id: int, *, actor: Actor, now: datetime) -> int:
    """Answer the open order of the visit to come first; refuse `BadOrder` when it is about another place or job."""
    order = queries.visit_for(actor, after, now=now).order
    if (order.site_id, order.job_type_id, order.state) != (site_id, job_type_id, rules.OrderState.OPEN):
        raise BadOrder(details={"after": after})
    return order.pk


def _ranges(windows: Sequence[tuple[datetime, datetime]]) -> list[TimestamptzRange]:
    return [TimestamptzRange(starts, ends) for starts, ends in sorted(windows)]


def _new_order(customer_id: int, site_id: int, job_type_id: int, description: str, now: datetime) -> WorkOrder:
    order = WorkOrder.objects.create(
        number=f"new-{site_id}-{now.timestamp()}",
        customer_id=customer_id,
        site_id=site_id,
        job_type_id=job_type_id,
        description=description,
        created_at=now,
    )
    order.number = _number("W", order.pk)
    order.save(update_fields=["number"])
    return order


@transaction.atomic
def move_visit(
    visit_id: int,
    *,
    window_from: datetime,
    window_to: datetime,
    actor: Actor,
    now: datetime,
    other_windows: Sequence[tuple[datetime, datetime]] = (),
) -> Visit:
    """Promise another window while the visit is still booked; the other windows of before no longer count; emits `VisitMoved`.

    To whom nothing was promised yet it is the first one, which books the visit; emits `VisitBooked`. A customer's link may, too: `planning`
    calls this for it with a window that was offered.
    """
    rules.check_move(actor)
    rules.check_windows([(window_from, window_to), *other_windows], now)
    visit = queries.visit_for(actor, visit_id, now=now)
    wanted: dict[str, Any] = {"window_from": window_from, "window_to": window_to, "other_windows": _ranges(other_windows)}
    if visit.state == rules.VisitState.INVITED:
        take_step(visit, "choose", by=actor, now=now, choose_until=None, **wanted)
        _tell_booked(visit, actor=actor, now=now)
        tell_watchers(visit_id)
        return queries.visit_by_id(visit_id)
    before = (visit.window_from, visit.window_to)
    if not Visit.objects.filter(pk=visit_id, state=rules.VisitState.BOOKED).update(**wanted):
        rules.VISIT_LIFE.step(rules.VisitState(visit.state), "move")
    write_audit(actor, "move_visit", f"visit:{visit_id}", now=now, detail={"from": window_from.isoformat(), "to": window_to.isoformat()})
    by_customer = actor.kind == ActorKind.LINK
    emit(VisitMoved(visit_id=visit_id, was_from=before[0], was_to=before[1], at=now, by_customer=by_customer))
    tell_watchers(visit_id)
    return queries.visit_by_id(visit_id)


@transaction.atomic
def change_visit(
    visit_id: int,
    *,
    actor: Actor,
    now: datetime,
    priority: rules.Priority | None = None,
    must: bool | None = None,
    other_windows: Sequence[tuple[datetime, datetime]] | None = None,
    after: int | None = None,
    gap_minutes: int | None = None,
) -> Visit:
    """Say what a booked visit is worth to the plan, when else it would suit, and for which visit of its order it waits (0: for none).

    What is None stays as it is. The customer hears nothing of it; emits `VisitChanged`.
    """
    require(actor, "visits.book")
    visit = queries.visit_for(actor, visit_id, now=now, lock=True)
    if visit.state != rules.VisitState.BOOKED:
        rules.VISIT_LIFE.step(rules.VisitState(visit.state), "change")
    wanted: dict[str, object] = {"priority": priority, "must": must, "gap_minutes": gap_minutes}
    if other_windows is not None:
        rules.check_windows([(visit.window_from, visit.window_to), *other_windows], now)
        wanted["other_windows"] = _ranges(other_windows)
    if after:
        WorkOrder.objects.select_for_update(no_key=True).get(pk=visit.order_id)
        rules.check_after(visit_id, after, dict(visit.order.visits.values_list("pk", "after_id")))
    Visit.objects.filter(pk=visit_id).update(
        **{name: value for name, value in wanted.items() if value is not None}, after_id=visit.after_id if after is None else after or None
    )
    write_audit(actor, "change_visit", f"visit:{visit_id}", now=now)
    emit(VisitChanged(visit_id=visit_id, at=now))
    tell_watchers(visit_id)
    return queries.visit_by_id(visit_id)


@transaction.atomic
def cancel_visit(visit_id: int, *, actor: Actor, now: datetime, reason: rules.CancelReason, note: str = "") -> Visit:
    """Call the visit off and let everyone know; emits `VisitCancelled`."""
    visit = queries.visit_for(actor, visit_id, now=now)
    rules.check_step(actor, "cancel")
    take_step(visit, "cancel", by=actor, now=now, why=note or str(reason), ended_at=now, end_reason=str(reason), end_note=note)
    settle_order(visit, by=actor, now=now, why=str(reason))
    by_customer = actor.kind == ActorKind.LINK
    emit(VisitCancelled(visit_id=visit_id, by_customer=by_customer, reason=str(reason), at=now))
    tell_watchers(visit_id)
    return visit


@transaction.atomic
def book_follow_up(request_id: int, *, window_from: datetime, window_to: datetime, actor: Actor, now: datetime) -> Visit:
    """Book another visit of the same work order for an open request."""
    require(actor, "visits.book")
    request = _request(request_id)
    order = request.visit.order
    if order.state != rules.OrderState.OPEN:
        take_step(order, "reopen", by=actor, now=now)
    visit = book_visit(
        actor=actor,
        now=now,
        site_id=order.site_id,
        job_type=order.job_type.code,
        window_from=window_from,
        window_to=window_to,
        order_id=order.pk,
    )
    visit.more_skills, visit.more_parts = request.more_skills, request.more_parts
    visit.save(update_fields=["more_skills", "more_parts"])
    take_step(request, "book", by=actor, now=now, booked_visit_id=visit.pk)
    return visit


@transaction.atomic
def dismiss_request(request_id: int, *, why: str, actor: Actor, now: datetime) -> None:
    """Close a request without a visit, saying why."""
    require(actor, "visits.book")
    take_step(_request(request_id), "dismiss", by=actor, now=now, why=why)
    push("day")


def _request(request_id: int) -> VisitRequest:
    request = VisitRequest.objects.select_related("visit__order__job_type").filter(pk=request_id).first()
    if request is None:
        raise NoSuchVisit
    return request


@transaction.atomic
def settle_order(visit: Visit, *, by: Actor, now: datetime, why: str = "") -> None:
    """Close the order of a visit that has just ended, unless another visit of it is still to come."""
    order = WorkOrder.objects.select_for_update(no_key=True).get(pk=visit.order_id)
    if not order.visits.exclude(state__in=rules.ENDED).exists():
        done = any(one.works is not False for one in order.visits.filter(state=rules.VisitState.DONE))
        if step := rules.order_step(done, rules.OrderState(order.state)):
            take_step(order, step, by=by, now=now, why=why)
    visit.order.refresh_from_db()


def tell_watchers(visit_id: int) -> None:
    """Let open pages ask again."""
    push(f"visit:{visit_id}")
    push("day")
