"""Customers for programs."""

from typing import Annotated, Any

from ninja import Router, Schema, Status
from pydantic import Field

from blisko.customers import queries, services
from blisko.customers.models import Customer, Site, TimelineEntry
from blisko.kit import clock
from blisko.kit.api import Cursor, Email, Id, Language, Limit, Line, Moment, Number, Page, Phone, Text, page_of
from blisko.kit.requests import HouseRequest

router = Router()
Lat = Annotated[float, Field(ge=-90, le=90, description="degrees north, WGS 84")]
Lon = Annotated[float, Field(ge=-180, le=180, description="degrees east, WGS 84")]


class SiteIn(Schema):
    street: Annotated[Line, Field(min_length=1)]
    city: Annotated[Line, Field(min_length=1, max_length=80)]
    postcode: Annotated[Line, Field(max_length=16)] = ""
    lat: Lat | None = None
    lon: Lon | None = None
    access_notes: Text = ""


class SiteOut(Schema):
    id: int
    street: str
    postcode: str
    city: str
    lat: float | None
    lon: float | None
    access_notes: str

    @classmethod
    def of(cls, site: Site) -> "SiteOut":
        return cls(
            id=site.pk,
            street=site.street,
            postcode=site.postcode,
            city=site.city,
            lat=site.lat,
            lon=site.lon,
            access_notes=site.access_notes,
        )


class CustomerIn(Schema):
    number: Number
    name: Annotated[Line, Field(min_length=1)]
    language: Language = "en"
    phone: Phone = ""
    email: Email = ""


class CustomerPatch(Schema):
    name: Annotated[Line, Field(min_length=1)] | None = None
    language: Language | None = None
    phone: Phone = ""
    email: Email = ""


class CustomerOut(Schema):
    id: int
    number: str
    name: str
    language: str
    phones: list[str]
    emails: list[str]
    sites: list[SiteOut]
    created_at: Moment

    @classmethod
    def of(cls, customer: Customer) -> "CustomerOut":
        contacts = sorted(customer.contacts.all(), key=lambda contact: (not contact.preferred, contact.pk))
        return cls(
            id=customer.pk,
            number=customer.number,
            name=customer.name,
            language=customer.language,
            phones=[contact.value for contact in contacts if contact.kind == "phone"],
            emails=[contact.value for contact in contacts if contact.kind == "email"],
            sites=[SiteOut.of(site) for site in customer.sites.all()],
            created_at=customer.created_at,
        )


class EntryOut(Schema):
    id: int
    at: Moment
    kind: str
    subject: str
    facts: dict[str, Any]

    @classmethod
    def of(cls, entry: TimelineEntry) -> "EntryOut":
        return cls(id=entry.pk, at=entry.at, kind=entry.kind, subject=entry.subject, facts=entry.facts)


@router.get("", response=Page[CustomerOut], operation_id="list_customers")
def list_customers(request: HouseRequest, search: Line = "", cursor: Cursor = "", limit: Limit = 50) -> Page[CustomerOut]:
    """Customers by name; `search` looks in name, number, contacts and addresses."""
    return page_of(queries.customers_for(request.actor, search=search), CustomerOut.of, order=("name", "pk"), cursor=cursor, limit=limit)


@router.post("", response={201: CustomerOut}, operation_id="add_customer")
def add_customer(request: HouseRequest, body: CustomerIn) -> Status[CustomerOut]:
    """Begin to know a customer."""
    now = clock.now()
    made = services.add_customer(actor=request.actor, now=now, **body.model_dump())
    return Status(201, CustomerOut.of(made))


@router.get("/by-number/{number}", response=CustomerOut, operation_id="get_customer_by_number")
def get_customer_by_number(request: HouseRequest, number: Number) -> CustomerOut:
    """The customer with the operator's own number."""
    return CustomerOut.of(queries.customer_by_number(request.actor, number))


@router.get("/{customer_id}", response=CustomerOut, operation_id="get_customer")
def get_customer(request: HouseRequest, customer_id: Id) -> CustomerOut:
    """One customer with contacts and sites."""
    return CustomerOut.of(queries.customer_for(request.actor, customer_id, now=clock.now()))


@router.patch("/{customer_id}", response=CustomerOut, operation_id="change_customer")
def change_customer(request: HouseRequest, customer_id: Id, body: CustomerPatch) -> CustomerOut:
    """Change what is given; a telephone number or e-mail address becomes the preferred one."""
    now = clock.now()
    before = queries.customer_for(request.actor, customer_id, now=now)
    services.change_customer(
        customer_id,
        actor=request.actor,
        now=now,
        name=body.name or before.name,
        language=body.language or before.language,
        phone=body.phone,
        email=body.email,
    )
    return CustomerOut.of(queries.customer_for(request.actor, customer_id, now=now))


@router.post("/{customer_id}/sites", response={201: SiteOut}, operation_id="add_site")
def add_site(request: HouseRequest, customer_id: Id, body: SiteIn) -> Status[SiteOut]:
    """Add a place where the customer is served."""
    made = services.add_site(customer_id, actor=request.actor, now=clock.now(), **body.model_dump())
    return Status(201, SiteOut.of(made))


@router.get("/{customer_id}/timeline", response=Page[EntryOut], operation_id="get_timeline")
def get_timeline(request: HouseRequest, customer_id: Id, cursor: Cursor = "", limit: Limit = 50) -> Page[EntryOut]:
    """What happened to the customer, newest first."""
    entries = queries.timeline_of(request.actor, customer_id, now=clock.now())
    return page_of(entries, EntryOut.of, order=("-at", "-pk"), cursor=cursor, limit=limit)
