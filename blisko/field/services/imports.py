import re
from collections.abc import Sequence
from datetime import datetime

from django.utils.text import slugify

from blisko.access.rules import Actor
from blisko.field.models import Technician
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
        Column("skills", ("skill", "umiejętności", "uprawnienia", "képesítések", "készségek", "szakterület")),
        Column("team", ("crew", "zespół", "ekipa", "csapat")),
        Column("van", ("plate", "vehicle", "car", "samochód", "rejestracja", "nr rejestracyjny", "autó", "rendszám")),
        Column("language", ("lang", "język", "nyelv")),
    )

    def land(self, rows: Sequence[Row], *, actor: Actor, now: datetime) -> list[Outcome]:
        """Land technicians one by one."""
        return land_each(rows, lambda row: _land(row, actor=actor, now=now))


def _land(row: Row, *, actor: Actor, now: datetime) -> How:
    code, name = row.text("code", at_most=40, required=True), row.text("name", at_most=120, required=True)
    phone = clean_phone(row.text("phone", at_most=40)) if row.has("phone") else ""
    skills = [slug for words in re.split(r"[,;|]", row.text("skills")) if (slug := _code(words))]
    known = Technician.objects.prefetch_related("levels__skill").filter(code=code).first()
    if known is None:
        add_technician(
            actor=actor,
            now=now,
            code=code,
            name=name,
            email=row.text("email", at_most=254, required=True),
            phone=phone,
            language=row.choice("language", SPEAK, "en"),
            skills=skills,
            team=_code(row.text("team")),
            van=row.text("van", at_most=16),
        )
        return How.ADDED
    has = sorted(known.skill_levels)
    wanted = sorted(set(skills)) if row.has("skills") else has
    if (known.name, known.phone, has) == (name, phone or known.phone, wanted):
        return How.KNOWN
    change_technician(known.pk, actor=actor, now=now, name=name, phone=phone or known.phone, skills=wanted, active=known.active)
    return How.CHANGED


def _code(words: str) -> str:
    """Answer words as a code: "Łódź North" → "lodz-north"."""
    return slugify(words.translate(PLAIN))[:40]
