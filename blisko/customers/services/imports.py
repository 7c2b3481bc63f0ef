from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from blisko.access.rules import Actor
from blisko.access.services import write_audit
from blisko.customers.errors import NumberTaken
from blisko.customers.events import CustomerAdded
from blisko.customers.models import Contact, Customer, Site
from blisko.customers.rules import check_position
from blisko.customers.services.records import add_site, change_customer
from blisko.imports.ports import How, Outcome, Refused
from blisko.imports.rules.cells import Row
from blisko.imports.rules.columns import Column
from blisko.imports.services import land_each
from blisko.kit.errors import Refusal
from blisko.kit.events import emit
from blisko.kit.phones import clean_email, clean_phone

SPEAK = {
    "en": "en", "english": "en", "angielski": "en", "angol": "en",
    "pl": "pl", "polski": "pl", "polish": "pl", "lengyel": "pl",
    "hu": "hu", "magyar": "hu", "hungarian": "hu", "węgierski": "hu",
}  # fmt: skip
PLACE = (
    Column("street", ("street address", "address", "ulica", "adres", "ulica i numer", "utca", "cím", "utca házszám")),
    Column("postcode", ("post code", "zip", "zip code", "postal code", "kod", "kod pocztowy", "irányítószám", "irsz")),
    Column("city", ("town", "miasto", "miejscowość", "város", "település")),
    Column("lat", ("latitude", "szerokość", "szerokość geograficzna", "szélesség", "szélességi fok")),
    Column("lon", ("lng", "longitude", "długość", "długość geograficzna", "hosszúság", "hosszúsági fok")),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one line says the customer is served."""

    street: str
    postcode: str
    city: str
    lat: float | None
    lon: float | None

    def same_as(self, site: Site) -> bool:
        return (self.street.casefold(), self.city.casefold()) == (site.street.casefold(), site.city.casefold())


@dataclass(frozen=True, slots=True)
class Entry:
    """What one line says of a customer, cleaned."""

    number: str
    name: str
    language: str
    phone: str
    email: str
    place: Place | None


def place_in(row: Row) -> Place | None:
    """Answer the place a line names, None when it names none; refuse a street without a city or half a position."""
    if not row.has("street"):
        return None
    street, city = row.text("street"), row.text("city", at_most=80, required=True)
    place = Place(street, row.text("postcode", at_most=16), city, row.number("lat"), row.number("lon"))
    check_position(place.lat, place.lon)
    return place


class CustomerImporter:
    """Customers with their first contacts and a place, by customer number."""

    permissions: tuple[str, ...] = ("customers.see", "customers.edit")
    key = "number"
    columns: tuple[Column, ...] = (
        Column(
            "number",
            (
                "no",
                "id",
                "customer number",
                "customer no",
                "customer",
                "numer",
                "nr",
                "numer klienta",
                "nr klienta",
                "id klienta",
                "ügyfélszám",
                "szám",
            ),
            required=True,
        ),
        Column(
            "name",
            ("customer name", "full name", "nazwa", "imię i nazwisko", "nazwa klienta", "klient", "név", "ügyfél neve", "ügyfél"),
            required=True,
        ),
        Column("phone", ("telephone", "mobile", "phone number", "telefon", "nr telefonu", "komórka", "telefonszám", "mobil")),
        Column("email", ("e-mail", "e-mail address", "mail", "adres e-mail", "e-mail cím")),
        Column("language", ("lang", "język", "nyelv")),
        *PLACE,
    )

    def land(self, rows: Sequence[Row], *, actor: Actor, now: datetime) -> list[Outcome]:
        """Land a batch: new customers together, known ones by the service that changes them."""
        entries = [_entry(row) for row in rows]
        numbers = [entry.number for entry in entries if isinstance(entry, Entry)]
        known = {one.number: one for one in Customer.objects.prefetch_related("contacts", "sites").filter(number__in=numbers)}
        new = [entry for entry in entries if isinstance(entry, Entry) and entry.number not in known]
        try:
            with transaction.atomic():
                _add(new, actor=actor, now=now)
        except IntegrityError:  # somebody else added one of them meanwhile
            return land_each(rows, lambda row: _land_one(row, actor=actor, now=now))
        return [
            Refused(entry)
            if isinstance(entry, Refusal)
            else _changed(known[entry.number], entry, actor=actor, now=now)
            if entry.number in known
            else How.ADDED
            for entry in entries
        ]


def _entry(row: Row) -> Entry | Refusal:
    try:
        return Entry(
            number=row.text("number", at_most=40, required=True),
            name=row.text("name", required=True),
            language=row.choice("language", SPEAK, settings.LANGUAGE_CODE),
            phone=clean_phone(row.text("phone", at_most=40)) if row.has("phone") else "",
            email=clean_email(row.text("email", at_most=254)) if row.has("email") else "",
            place=place_in(row),
        )
    except Refusal as why:
        return why


def _add(entries: Sequence[Entry], *, actor: Actor, now: datetime) -> None:
    if not entries:
        return
    made = Customer.objects.bulk_create(
        [Customer(number=entry.number, name=entry.name, language=entry.language, created_at=now) for entry in entries]
    )
    pairs = list(zip(made, entries, strict=True))
    Contact.objects.bulk_create(
        Contact(customer=customer, kind=kind, value=value, preferred=True)
        for customer, entry in pairs
        for kind, value in (("phone", entry.phone), ("email", entry.email))
        if value
    )
    Site.objects.bulk_create(
        Site(
            customer=customer,
            street=entry.place.street,
            postcode=entry.place.postcode,
            city=entry.place.city,
            lat=entry.place.lat,
            lon=entry.place.lon,
        )
        for customer, entry in pairs
        if entry.place
    )
    for customer in made:
        emit(CustomerAdded(customer_id=customer.pk, at=now))
    write_audit(actor, "import_customers", "customers", now=now, detail={"from": made[0].pk, "to": made[-1].pk, "count": len(made)})


def _changed(customer: Customer, entry: Entry, *, actor: Actor, now: datetime) -> Outcome:
    contacts = {(contact.kind, contact.value) for contact in customer.contacts.all()}
    news = {("phone", entry.phone), ("email", entry.email)} - contacts - {("phone", ""), ("email", "")}
    moved = entry.place is not None and not any(entry.place.same_as(site) for site in customer.sites.all())
    renamed = customer.name != entry.name or customer.language != entry.language
    if not (news or moved or renamed):
        return How.KNOWN
    try:
        with transaction.atomic():
            if news or renamed:
                change_customer(
                    customer.pk, actor=actor, now=now, name=entry.name, language=entry.language, phone=entry.phone, email=entry.email
                )
            if moved and entry.place:
                _add_place(customer.pk, entry.place, actor=actor, now=now)
    except Refusal as why:
        return Refused(why)
    return How.CHANGED


def _add_place(customer_id: int, place: Place, *, actor: Actor, now: datetime) -> None:
    add_site(customer_id, actor=actor, now=now, street=place.street, postcode=place.postcode, city=place.city, lat=place.lat, lon=place.lon)


def _land_one(row: Row, *, actor: Actor, now: datetime) -> How:
    entry = _entry(row)
    if isinstance(entry, Refusal):
        raise entry
    customer = Customer.objects.prefetch_related("contacts", "sites").filter(number=entry.number).first()
    if customer is not None:
        outcome = _changed(customer, entry, actor=actor, now=now)
        if isinstance(outcome, Refused):
            raise outcome.why
        return outcome
    try:
        with transaction.atomic():
            _add([entry], actor=actor, now=now)
    except IntegrityError:
        raise NumberTaken(details={"number": entry.number}) from None
    return How.ADDED
