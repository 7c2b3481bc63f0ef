import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.text import slugify

from blisko.access.rules import Actor
from blisko.field.errors import BadHome
from blisko.field.models import Technician
from blisko.field.queries import home_for
from blisko.field.rules import LOWEST, new_levels
from blisko.field.services.homes import set_home
from blisko.field.services.technicians import add_technician, change_technician
from blisko.imports.ports import How, Outcome
from blisko.imports.rules.cells import Row
from blisko.imports.rules.columns import PLAIN, Column
from blisko.imports.services import land_each
from blisko.kit.phones import clean_phone

SPEAK = {"en": "en", "pl": "pl", "hu": "hu"}


class TechnicianImporter:
    """Technicians with the account they sign in with, by personnel code."""

    permissions: tuple[str, ...] = ("field.see", "field.edit")
    key = "code"
    columns: tuple[Column, ...] = (
        Column(
            "code",
            ("technician", "technician code", "personnel number", "kod technika", "kod", "numer kadrowy", "technik", "kód", "törzsszám"),
            required=True,
        ),
        Column("name", ("full name", "imię i nazwisko", "nazwisko", "név", "teljes név"), required=True),
        Column("email", ("e-mail", "e-mail address", "mail", "adres e-mail", "e-mail cím"), required=True),
        Column("phone", ("telephone", "mobile", "telefon", "nr telefonu", "komórka", "telefonszám", "mobil")),
        Column(
            "skills", ("skill", "skill levels", "umiejętności", "uprawnienia", "kwalifikacje", "képesítések", "készségek", "szakterület")
        ),
        Column("team", ("crew", "zespół", "ekipa", "csapat")),
        Column("van", ("plate", "vehicle", "car", "samochód", "rejestracja", "nr rejestracyjny", "autó", "rendszám")),
        Column("language", ("lang", "język", "nyelv")),
        Column("zones", ("zone", "area", "strefa", "strefy", "rejon", "rejony", "zóna", "zónák", "körzet")),
        Column("home_lat", ("home latitude", "szerokość domu", "dom szerokość", "otthon szélesség", "lakóhely szélesség")),
        Column("home_lon", ("home longitude", "długość domu", "dom długość", "otthon hosszúság", "lakóhely hosszúság")),
        Column("depot", ("start depot", "base", "magazyn", "baza", "telephely", "raktár")),
    )

    def land(self, rows: Sequence[Row], *, actor: Actor, now: datetime) -> list[Outcome]:
        """Land technicians one by one."""
        return land_each(rows, lambda row: _land(row, actor=actor, now=now))


def _land(row: Row, *, actor: Actor, now: datetime) -> How:
    code, name = row.text("code", at_most=40, required=True), row.text("name", at_most=120, required=True)
    phone = clean_phone(row.text("phone", at_most=40)) if row.has("phone") else ""
    levels, zones, depot = _levels(row.text("skills")), _codes(row.text("zones")), _code(row.text("depot"))
    known = (
        Technician.objects.select_related("start_depot", "end_depot").prefetch_related("levels__skill", "zones").filter(code=code).first()
    )
    if known is None:
        made = add_technician(
            actor=actor,
            now=now,
            code=code,
            name=name,
            email=row.text("email", at_most=254, required=True),
            phone=phone,
            language=row.choice("language", SPEAK, "en"),
            levels={skill: level or LOWEST for skill, level in levels.items()},
            team=_code(row.text("team")),
            van=row.text("van", at_most=16),
            zones=zones,
            start_depot=depot,
            end_depot=depot,
        )
        _keep_home(row, made.pk, actor=actor, now=now)
        return How.ADDED
    before = _facts(known)
    said = {skill: level for skill, level in levels.items() if level}
    wanted: dict[str, Any] = before | {"name": name, "phone": phone or known.phone}
    wanted |= {"levels": new_levels(known.skill_levels, list(levels), said)} if row.has("skills") else {}
    wanted |= {"zones": sorted(set(zones))} if row.has("zones") else {}
    wanted |= {"start_depot": depot, "end_depot": depot} if row.has("depot") else {}
    moved = _keep_home(row, known.pk, actor=actor, now=now)
    if wanted != before:
        change_technician(known.pk, actor=actor, now=now, active=known.active, skills=list(wanted["levels"]), **wanted)
    return How.CHANGED if moved or wanted != before else How.KNOWN


def _facts(known: Technician) -> dict[str, Any]:
    depots = {"start_depot": known.start_depot, "end_depot": known.end_depot}
    facts = {"name": known.name, "phone": known.phone, "levels": known.skill_levels, "zones": sorted(z.code for z in known.zones.all())}
    return facts | {end: depot.code if depot else "" for end, depot in depots.items()}


def _keep_home(row: Row, technician_id: int, *, actor: Actor, now: datetime) -> bool:
    """Keep the home the line names, if it does; answer whether it is another one than before."""
    lat, lon = row.number("home_lat"), row.number("home_lon")
    if lat is None and lon is None:
        return False
    if lat is None or lon is None:
        raise BadHome
    home = home_for(actor, technician_id)
    if home is not None and (home.lat, home.lon) == (lat, lon):
        return False
    set_home(technician_id, lat=lat, lon=lon, actor=actor, now=now)
    return True


def _levels(words: str) -> dict[str, int | None]:
    """Answer skills as codes with the level behind a colon: "Fibre: 3, TV" → fibre at 3, and tv, of which the line does not say."""
    found: dict[str, int | None] = {}
    for one in re.split(r"[,;|]", words):
        name, _, level = one.partition(":")
        if code := _code(name):
            found[code] = int(level) if level.strip().isdecimal() else None
    return found


def _codes(words: str) -> list[str]:
    return [code for one in re.split(r"[,;|]", words) if (code := _code(one))]


def _code(words: str) -> str:
    """Answer words as a code: "Łódź North" → "lodz-north"."""
    return slugify(words.translate(PLAIN))[:40]
