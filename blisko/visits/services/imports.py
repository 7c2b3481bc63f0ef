from collections.abc import Sequence
from datetime import datetime

from blisko.access.rules import Actor
from blisko.customers.queries import customer_by_number, customer_for
from blisko.customers.rules import check_position
from blisko.customers.services import add_site
from blisko.imports.errors import EmptyCell
from blisko.imports.ports import How, Outcome
from blisko.imports.rules.cells import Row
from blisko.imports.rules.columns import Column
from blisko.imports.services import land_each
from blisko.visits import queries, rules
from blisko.visits.errors import NoSuchJobType
from blisko.visits.models import Visit
from blisko.visits.services.booking import book_visit, change_visit, move_visit


class VisitImporter:
    """Visits of customers we know, by visit number; another window of a booked visit moves it."""

    permissions: tuple[str, ...] = ("visits.book", "visits.see_all", "customers.see", "customers.edit")
    key = "number"
    columns: tuple[Column, ...] = (
        Column(
            "number",
            (
                "visit",
                "visit number",
                "visit no",
                "order",
                "numer",
                "numer wizyty",
                "nr wizyty",
                "zlecenie",
                "nr zlecenia",
                "látogatás száma",
                "szám",
            ),
            required=True,
        ),
        Column(
            "customer",
            ("customer number", "customer no", "numer klienta", "nr klienta", "klient", "id klienta", "ügyfélszám", "ügyfél"),
            required=True,
        ),
        Column(
            "job_type",
            ("job", "job type", "type", "rodzaj", "rodzaj pracy", "typ", "usługa", "munkatípus", "típus", "munka"),
            required=True,
        ),
        Column(
            "window_from",
            ("from", "start", "window from", "starts at", "od", "okno od", "początek", "ettől", "időablak kezdete", "kezdete"),
            required=True,
        ),
        Column(
            "window_to", ("to", "end", "window to", "ends at", "do", "okno do", "koniec", "eddig", "időablak vége", "vége"), required=True
        ),
        Column("street", ("address", "ulica", "adres", "utca", "cím")),
        Column("postcode", ("post code", "zip", "kod pocztowy", "irányítószám", "irsz")),
        Column("city", ("town", "miasto", "miejscowość", "város", "település")),
        Column("lat", ("latitude", "szerokość", "szélesség")),
        Column("lon", ("lng", "longitude", "długość", "hosszúság")),
        Column("priority", ("worth", "priorytet", "ważność", "prioritás", "fontosság")),
        Column("must", ("obligatory", "must be done", "obowiązkowa", "konieczna", "kötelező")),
        Column("after", ("follows", "after visit", "po wizycie", "po", "előző látogatás", "után")),
        Column("description", ("note", "notes", "opis", "uwagi", "leírás", "megjegyzés")),
    )

    def land(self, rows: Sequence[Row], *, actor: Actor, now: datetime) -> list[Outcome]:
        """Land visits one by one, through the service that books them."""
        types = _job_types()
        return land_each(rows, lambda row: _land(row, types, actor=actor, now=now))


PRIORITIES = {
    **{str(one): str(one) for one in rules.Priority},
    **dict.fromkeys(("niski", "alacsony"), "low"),
    **dict.fromkeys(("normalny", "zwykły", "normál"), "normal"),
    **dict.fromkeys(("wysoki", "magas"), "high"),
    **dict.fromkeys(("pilny", "pilne", "sürgős"), "urgent"),
}
YES_OR_NO = dict.fromkeys(("yes", "y", "tak", "t", "igen", "i", "1", "true", "x"), "yes") | dict.fromkeys(
    ("no", "n", "nie", "nem", "0", "false"), "no"
)


def _job_types() -> dict[str, str]:
    """Everything a job type is called, by code and in every language → its code."""
    found: dict[str, str] = {}
    for job_type in queries.job_types():
        for words in (job_type.code, *job_type.names.values()):
            found.setdefault(words.casefold(), job_type.code)
    return found


def _land(row: Row, types: dict[str, str], *, actor: Actor, now: datetime) -> How:
    number = row.text("number", at_most=40, required=True)
    starts, ends = row.moment("window_from"), row.moment("window_to")
    known = Visit.objects.filter(number=number).first()
    if known is not None:
        return How.KNOWN if known.state in rules.ENDED else _change(row, known, starts, ends, actor=actor, now=now)
    words = row.text("job_type", required=True)
    if words.casefold() not in types:
        raise NoSuchJobType(details={"code": words})
    after = row.text("after", at_most=40)
    book_visit(
        actor=actor,
        now=now,
        site_id=_site(row, actor=actor, now=now),
        job_type=types[words.casefold()],
        window_from=starts,
        window_to=ends,
        description=row.text("description", at_most=4000),
        number=number,
        priority=_priority(row),
        must=row.choice("must", YES_OR_NO, "no") == "yes",
        after=queries.visit_by_number(actor, after).pk if after else None,
    )
    return How.ADDED


def _change(row: Row, known: Visit, starts: datetime, ends: datetime, *, actor: Actor, now: datetime) -> How:
    """Move a visit the line puts elsewhere, and give it the worth the line names."""
    moved = (known.window_from, known.window_to) != (starts, ends)
    if moved:
        move_visit(known.pk, window_from=starts, window_to=ends, actor=actor, now=now)
    priority = _priority(row) or rules.Priority(known.priority)
    must = row.choice("must", YES_OR_NO, "yes" if known.must else "no") == "yes"
    weighed = (priority, must) != (known.priority, known.must) and known.state == rules.VisitState.BOOKED
    if weighed:
        change_visit(known.pk, actor=actor, now=now, priority=priority, must=must)
    return How.CHANGED if moved or weighed else How.KNOWN


def _priority(row: Row) -> rules.Priority | None:
    said = row.choice("priority", PRIORITIES, "")
    return rules.Priority(said) if said else None


def _site(row: Row, *, actor: Actor, now: datetime) -> int:
    """Answer the customer's place the line names, made when new; without a street the first place we know."""
    customer = customer_for(actor, customer_by_number(actor, row.text("customer", at_most=40, required=True)).pk, now=now)
    sites = sorted(customer.sites.all(), key=lambda site: site.pk)
    if not row.has("street"):
        if not sites:
            raise EmptyCell(details={"column": row.called.get("street", "street")})
        return sites[0].pk
    street, city = row.text("street"), row.text("city", at_most=80, required=True)
    lat, lon = row.number("lat"), row.number("lon")
    check_position(lat, lon)
    for site in sites:
        if (site.street.casefold(), site.city.casefold()) == (street.casefold(), city.casefold()):
            return site.pk
    made = add_site(
        customer.pk, actor=actor, now=now, street=street, city=city, postcode=row.text("postcode", at_most=16), lat=lat, lon=lon
    )
    return made.pk
