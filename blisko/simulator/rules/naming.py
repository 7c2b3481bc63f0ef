"""Names for streets, numbers for houses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from . import names
from .buildings import Building
from .districts import Plan
from .geometry import Grid, Line, Point, at, length, middle, to_degrees, to_line
from .network import Network
from .roads import Draft

ADDRESSED = ("house", "apartments", "civic", "church", "school", "hospital", "retail", "industrial", "station")


@dataclass(frozen=True)
class Address:
    """Where somebody lives: street, number, postcode, district and place, and the house's position (WGS 84, degrees)."""

    street: str
    number: str
    postcode: str
    district: str
    place: str
    lon: float
    lat: float

    @property
    def line(self) -> str:
        """The address as it is written on a letter."""
        street = self.street if names.with_kind(self.street) == self.street else f"ul. {self.street}"
        return f"{street} {self.number}, {self.postcode} {self.place}"


def place_of(plan: Plan, x: float, y: float) -> str:
    """The town, or the village outside it, to which a position belongs."""
    if math.hypot(x, y) < 3000 or not plan.villages:
        return names.CITY
    near = min(range(len(plan.villages)), key=lambda i: math.hypot(x - plan.villages[i][0], y - plan.villages[i][1]))
    return names.VILLAGES[near]


def name_streets(rng: Random, net: Network, drafts: list[Draft], plan: Plan) -> list[int]:
    """Name every draft (by writing its name); give back each edge's draft whose name it bears, -1 for none."""
    built: dict[int, float] = {}
    touching: dict[int, list[int]] = {}
    for e in net.edges:
        if e.street >= 0:
            built[e.street] = built.get(e.street, 0.0) + e.metres
            for n in (e.a, e.b):
                touching.setdefault(n, []).append(e.street)
    order = sorted(built, key=lambda k: math.hypot(*at(drafts[k].line, length(drafts[k].line) / 2)[0]))
    pools = {
        "radial": _shuffled(rng, names.ROADS), "avenue": _shuffled(rng, names.AVENUES), "quay": list(names.QUAYS),
        "ring": _shuffled(rng, names.RINGS), "street": _shuffled(rng, names.ADJECTIVES[:], names.PEOPLE, names.REGIONS),
    }  # fmt: skip
    taken = {name for pool in ("radial", "avenue") for name in pools[pool]}
    pools["street"] = [n for n in pools["street"] if n not in taken and f"aleja {n}" not in taken]
    village: dict[str, list[str]] = {}
    same = list(range(len(drafts)))
    for k in order:
        d = drafts[k]
        if d.name or d.role in ("ramp", "motorway"):
            continue
        place = place_of(plan, *at(d.line, length(d.line) / 2)[0])
        pool = pools.get(d.role, pools["street"])
        if place != names.CITY and d.role == "street":
            pool = village.setdefault(place, _shuffled(rng, names.VILLAGE_STREETS))
        if d.role == "street" and built[k] < 110 and (to := _longest_beside(net, k, touching, built, drafts)) >= 0:
            same[k] = to
        elif pool:
            d.name = pool.pop()
    for k in order:
        if not drafts[k].name and same[k] == k and drafts[k].role not in ("ramp", "motorway"):
            same[k] = _longest_beside(net, k, touching, built, drafts, named=True)
    for _ in range(4):
        same = [same[s] if s >= 0 else -1 for s in same]
    return [same[e.street] if e.street >= 0 and same[e.street] >= 0 and drafts[same[e.street]].name else -1 for e in net.edges]


def _shuffled(rng: Random, *lists: tuple[str, ...]) -> list[str]:
    out = list(dict.fromkeys(name for one in lists for name in one))
    for i in range(len(out) - 1, 0, -1):
        j = int(rng.random() * (i + 1))
        out[i], out[j] = out[j], out[i]
    return out


def _longest_beside(
    net: Network, k: int, touching: dict[int, list[int]], built: dict[int, float], drafts: list[Draft], named: bool = False
) -> int:
    least = 0 if named else built[k] + 60
    beside = [o for e in net.edges if e.street == k for n in (e.a, e.b) for o in touching.get(n, ()) if o != k and built[o] > least]
    others = [o for o in beside if drafts[o].role in ("street", "quay", "radial") and (drafts[o].name or not named)]
    return max(others, key=lambda o: (built[o], -o)) if others else -1


def number_houses(net: Network, drafts: list[Draft], called: list[int], houses: list[Building], plan: Plan) -> list[tuple[int, Address]]:
    """Number the houses that people enter, odd on the left from the centre outwards and even on the right.

    Gives (index of the building, its address) in the order of the buildings.
    """
    grid = Grid(80.0)
    for k, e in enumerate(net.edges):
        if called[k] >= 0:
            grid.add(e.line, k)
    doors: dict[tuple[str, str], list[tuple[int, float, bool, int]]] = {}
    for i, house in enumerate(houses):
        if house.use not in ADDRESSED:
            continue
        p = middle(house.ring)
        k = house.edge if house.edge >= 0 and called[house.edge] >= 0 else grid.nearest(p, 160.0)[1]
        if k < 0:
            continue
        e = net.edges[k]
        along, left = (house.s, house.left) if k == house.edge else _beside(e.line, p, e.s)
        own = drafts[e.street]
        if math.hypot(*own.line[0]) > math.hypot(*own.line[-1]) + 1:
            along, left = length(own.line) - along, not left
        name = drafts[called[k]].name
        doors.setdefault((name, place_of(plan, *p)), []).append((e.street, along, left, i))
    out = []
    for (name, place), row in doors.items():
        row.sort()
        following = {True: 1, False: 2}
        for _, _, left, i in row:
            p = middle(houses[i].ring)
            district = plan.district(p)
            lon, lat = to_degrees(p)
            number = str(following[left])
            following[left] += 2
            part_of = district.name if place == names.CITY else place
            out.append((i, Address(name, number, district.postcode if place == names.CITY else "99-390", part_of, place, lon, lat)))
    return sorted(out, key=lambda pair: pair[0])


def _beside(line: Line, p: Point, start: float) -> tuple[float, bool]:
    _, s = to_line(p, line)
    foot, way = at(line, s)
    return start + s, way[0] * (p[1] - foot[1]) - way[1] * (p[0] - foot[0]) > 0
