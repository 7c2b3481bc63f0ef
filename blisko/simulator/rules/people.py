"""Who lives in the city and who works in it: names as they are really said, and ways to reach them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from random import Random

POLISH_WOMEN = """
Zofia Anna Maria Katarzyna Małgorzata Agnieszka Barbara Ewa Magdalena Joanna Hanna Julia Maja Alicja
Aleksandra Natalia Monika Beata Danuta Halina
""".split()
POLISH_MEN = """
Jan Piotr Krzysztof Andrzej Tomasz Paweł Michał Marcin Jakub Adam Łukasz Grzegorz Wojciech Mateusz
Rafał Zbigniew Jerzy Antoni Szymon Stanisław
""".split()
# A surname in its masculine and feminine form.
POLISH_SURNAMES = tuple(
    (pair.split("/") * 2)[0:2]
    for pair in """
Nowak Kowalski/Kowalska Wiśniewski/Wiśniewska Wójcik Kowalczyk Kamiński/Kamińska Lewandowski/Lewandowska
Zieliński/Zielińska Szymański/Szymańska Woźniak Dąbrowski/Dąbrowska Kozłowski/Kozłowska Mazur
Jankowski/Jankowska Krawczyk Piotrowski/Piotrowska Grabowski/Grabowska Pawłowski/Pawłowska Michalski/Michalska
Król Wieczorek Jabłoński/Jabłońska Wróbel Majewski/Majewska Olszewski/Olszewska Stępień Malinowski/Malinowska
Jaworski/Jaworska Adamczyk Dudek Nowicki/Nowicka Pawlak Górski/Górska Witkowski/Witkowska Sikora Walczak
Rutkowski/Rutkowska Baran Szewczyk Ostrowski/Ostrowska
""".split()
)
HUNGARIAN_WOMEN = "Ágnes Katalin Erzsébet Ilona Éva Zsuzsanna Judit Anikó Réka Eszter Dóra Boglárka".split()
HUNGARIAN_MEN = "László István József Zoltán Gábor Péter Attila Balázs Tamás Bence Máté Ádám".split()
HUNGARIAN_SURNAMES = """
Nagy Kovács Tóth Szabó Horváth Varga Kiss Molnár Németh Farkas Balogh Papp Lakatos Takács Juhász
Mészáros
""".split()
ENGLISH_FIRST = "Emily Oliver Grace Harry Charlotte George Amelia Jack Sophie Thomas Lucy Daniel Hannah Samuel".split()
ENGLISH_SURNAMES = "Carter Bennett Hughes Foster Clarke Turner Walsh Morgan Reid Ellis Harper Dawson".split()
LANGUAGES = ("pl", "pl", "pl", "pl", "pl", "hu", "en")
NO_DIACRITICS = str.maketrans("łŁøß", "lLos")


@dataclass(frozen=True)
class Person:
    """Somebody: the name as it is written in the person's own language, and that language."""

    name: str
    language: str
    woman: bool


def a_person(rng: Random, language: str = "") -> Person:
    """Make somebody up; in Hungarian the surname comes first."""
    language = language or rng.choice(LANGUAGES)
    woman = rng.random() < 0.5
    if language == "hu":
        return Person(f"{rng.choice(HUNGARIAN_SURNAMES)} {rng.choice(HUNGARIAN_WOMEN if woman else HUNGARIAN_MEN)}", language, woman)
    if language == "en":
        return Person(f"{rng.choice(ENGLISH_FIRST)} {rng.choice(ENGLISH_SURNAMES)}", language, woman)
    return Person(f"{rng.choice(POLISH_WOMEN if woman else POLISH_MEN)} {rng.choice(POLISH_SURNAMES)[woman]}", "pl", woman)


def people(rng: Random, count: int, language: str = "") -> list[Person]:
    """Make up so many people, hardly two of one name."""
    found: dict[str, Person] = {}
    tries = 0
    while len(found) < count:
        one, tries = a_person(rng, language), tries + 1
        # Names run out in a large day; then two people share one, as in life.
        found.setdefault(one.name if tries < 20 * count else f"{one.name} {tries}", one)
    return list(found.values())


def plain(name: str) -> str:
    """The name in small ASCII letters with dots, as in an e-mail address."""
    bare = unicodedata.normalize("NFKD", name.translate(NO_DIACRITICS)).encode("ascii", "ignore").decode()
    return ".".join(bare.lower().replace("'", "").split())


def mobile(number: int, language: str = "pl") -> str:
    """The telephone number (E.164) of the n-th person; numbers of one language never meet."""
    if language == "hu":
        return f"+3620{1_000_000 + number:07d}"
    if language == "en":
        return f"+447700{900_000 + number % 1000:06d}" if number < 1000 else f"+447400{number % 1_000_000:06d}"
    return f"+48600{number % 1_000_000:06d}"
