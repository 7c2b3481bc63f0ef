"""What is to be planned and what a plan is: plain values, the one language between the house, the engine and the checker.

Times are whole seconds from any common zero (for benchmarks: whole units of whatever they count). Places are row numbers of the
travel matrices. A technician's shift on one day is one `PlanShift` and becomes one route; a visit is one `PlanVisit`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.int64]
NO_TOOLS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Break:
    """A floating break: it starts within [earliest, latest], between two visits, on the way or at its end; breaks keep their order."""

    earliest: int
    latest: int
    seconds: int


@dataclass(frozen=True, slots=True)
class PlanShift:
    """One technician on one day.

    `key`: technician and day as the house knows them. `start`, `end`: places; `end` None: the day ends at the last visit.
    `begins`, `ends`: the shift. `overtime`: seconds allowed after `ends`, at a price. `skills`: code to level. `tools`, `stock`:
    what the van carries. `zones`: empty means anywhere. `speed`: travel times are multiplied by it (1.0 usual).
    `fixed`: visits that stay at the head of the route in this order (started or frozen), with nothing planned between them.
    """

    key: str
    start: int
    end: int | None
    begins: int
    ends: int
    overtime: int = 0
    breaks: tuple[Break, ...] = ()
    skills: Mapping[str, int] = field(default_factory=dict)
    tools: frozenset[str] = NO_TOOLS
    stock: Mapping[str, int] = field(default_factory=dict)
    zones: frozenset[str] = frozenset()
    fixed: tuple[str, ...] = ()
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class PlanVisit:
    """One visit to be planned.

    `windows`: the service starts within one of them (sorted, apart). `late`: seconds after a window's end at which it may still start,
    at the price of a broken promise; 0 makes windows hard. `seconds`: service time; `seconds_by`: where it differs by shift key.
    `skills`: code to least level. `tools`, `parts`: what the job takes. `zone`: "" is nowhere in particular.
    `worth`: times the price of leaving a visit out (2.0: rather leave out one and a half others). `must`: never left out while it fits.
    `only`, `never`, `preferred`: shift keys. `told`: (shift key, from, to) the customer was already told; another technician, or a start
    outside from…to, costs `told_twice`. `after`: keys of visits that must have ended before this one starts, `gap` seconds earlier.
    `crew`: key of the visit that starts at the same moment with another technician (a job for two is two visits, each naming the other).
    """

    key: str
    place: int
    windows: tuple[tuple[int, int], ...]
    seconds: int
    late: int = 0
    seconds_by: Mapping[str, int] = field(default_factory=dict)
    skills: Mapping[str, int] = field(default_factory=dict)
    tools: frozenset[str] = NO_TOOLS
    parts: Mapping[str, int] = field(default_factory=dict)
    zone: str = ""
    worth: float = 1.0
    must: bool = False
    only: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    preferred: frozenset[str] = frozenset()
    told: tuple[str, int, int] | None = None
    after: tuple[str, ...] = ()
    gap: int = 0
    crew: str = ""


@dataclass(frozen=True, slots=True)
class PickUp:
    """A depot or pick-up point: a route may stop there once; from then on it has these tools and parts beside its own.

    `parts` None: as many as wanted. `opens`, `closes`: the stop starts within. `seconds`: how long loading takes.
    """

    key: str
    place: int
    opens: int
    closes: int
    seconds: int
    tools: frozenset[str] = NO_TOOLS
    parts: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """What a plan costs, in points; the first five are what an admin sets.

    `left_out`: one visit of worth 1 nobody goes to. `broken`: one promise not kept, plus `late` a minute of lateness that rises with it
    (late · m · (1 + m / 60)). `minute`: one minute driven. `overtime`: one minute after the shift's end. `told_twice`: one customer
    who hears of another technician or time. `work`: one minute from leaving to coming back, whatever is done in it.
    `disliked`: a technician who is not among the preferred. `uneven`: fairness: points of a full shift's work, squared share of each.
    """

    left_out: float = 900.0
    broken: float = 400.0
    late: float = 4.0
    minute: float = 1.0
    overtime: float = 3.0
    told_twice: float = 60.0
    work: float = 0.0
    disliked: float = 5.0
    uneven: float = 0.0


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything the planner may know. `travel`, `metres`: [place, place]; `metres` may be None where nobody asks."""

    shifts: tuple[PlanShift, ...]
    visits: tuple[PlanVisit, ...]
    travel: Matrix
    weights: Weights = Weights()
    pickups: tuple[PickUp, ...] = ()
    metres: Matrix | None = None


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A stop of a route: what (`kind`: visit, pickup or break), whose key, when it is reached, begins and ends; place None on a break.

    A break may begin while driving: then `arrives` is its beginning and the drive goes on afterwards.
    """

    kind: str
    key: str
    place: int | None
    arrives: int
    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class PlannedRoute:
    """One shift's stops in order; `leaves` the start place and is `back` at the end place (or at the end of the last stop)."""

    shift: str
    leaves: int
    back: int
    stops: tuple[PlannedStop, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """An answer to a `Problem`: one route per shift that has stops, the visits left out, and what it costs in points."""

    routes: tuple[PlannedRoute, ...]
    left_out: tuple[str, ...]
    cost: float
    iterations: int = 0
