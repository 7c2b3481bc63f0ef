"""The arrays the compiled planner works on: `World` never changes during a search, `State` is the plan being changed.

Few wide arrays with named columns: compiled functions take each array as some eight machine words, so many small ones would cost
more to pass than to read. Nodes are numbered: visits 0 … nv-1, then every shift's start, every shift's end, and every shift's one
possible pick-up stop. Times are int64 in the problem's units, prices float64 in points.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Prices = npt.NDArray[np.float64]

NEVER = 1 << 50  # later than any time
BANNED = 1e15  # dearer than any plan
MOST_BREAKS = 3

# World.visit: end of the last window (a later start breaks the promise) · latest start at all · shift the customer was told of (-1: none),
# from, to · other half of a job for two (-1: none) · seconds after earlier ones · tools as bits · how many windows · parts
DUE, LAST, TOLD_SHIFT, TOLD_FROM, TOLD_TO, MATE, GAP, TOOLS, NWINDOWS, PARTS = range(10)
# World.shift: rows of travel, service and price it shares · its times, CLOSES with overtime · breaks · stops at the head that stay ·
# tools of the van as bits · the first shift just like it · three breaks · parts of the van
TRAVEL_OF, SERVICE_OF, PRICE_OF, BEGINS, ENDS, CLOSES, NBREAKS, FROZEN, VAN_TOOLS, TWIN = range(10)
REST_FROM, REST_TO, REST_LONG, VAN_PARTS = 10, 11, 12, 10 + 3 * MOST_BREAKS
# World.point: where · tools as bits · opens, closes, how long loading takes · parts (-1: as many as wanted)
PICK_PLACE, PICK_TOOLS, OPENS, SHUTS, LOADING, POINT_PARTS = range(6)

# State.node: chain, route (-1: not planned), position in it, place (a pick-up's is chosen), window narrowed by those that wait for it
NXT, PRV, ROUTE, RANK, PLACE, LO, HI = range(7)
# … and labels, once for every number of breaks already taken (STEP apart): earliest start; work done up to it; latest leaving that keeps
# it; the same three with a pick-up that is only thought of; latest start that keeps the rest possible; latest start that breaks no promise
# further on; seconds from here to the end without waiting; earliest end of the route; start along the way that costs least lateness
EARLY, DONE, LEAVE, MAYBE_EARLY, MAYBE_DONE, MAYBE_LEAVE, LATEST, CALM, REST, HOME, SOFT_AT = range(7, 18)
STEP = 11
REAL, THOUGHT = np.int64(0), np.int64(MAYBE_EARLY - EARLY)  # from a real label to itself, and to the one that is only thought of
# State.tour: travel and service seconds · seconds from leaving to coming back · pick-up point visited (-1: none) · node after which a
# pick-up would cost least (-1: none fits, -2: not looked for) and which point · stops · changed since the last accepted plan · changed by
# this ruin · scratch · print of its stops in their order · parts taken from the van before a pick-up, and parts in all
LABOUR, SPAN, PICK, MAYBE, MAYBE_PICK, COUNT, TOUCHED, RUINED, SEEN, PRINT, USED = range(11)
NEARBY_FROM = 400  # with more visits than this, only places beside near ones are looked at, and none is remembered
# State.money: all its route costs · its lateness, overtime and broken words · detour of the pick-up thought of
COST, SOFT, MAYBE_COST = range(3)


class World(NamedTuple):
    """What is to be planned. `parts`: kinds of parts; `price`: points for giving a visit to a shift, BANNED where it may not have it."""

    nv: int
    nt: int
    parts: int
    travel: npt.NDArray[np.int32]  # [speed, place, place]
    service: Ints  # [kind, visit]
    price: Prices  # [kind, visit]
    window: Ints  # [visit, n, 2]
    visit: Ints
    worth: Prices  # [visit] what leaving it out costs
    shift: Ints
    point: Ints
    earlier: Ints  # [visit, n] visits that end before it starts, -1 padded
    later: Ints  # [visit, n]
    able: Ints  # [visit, n] shifts that may have it, -1 padded
    near: Ints  # [visit, n] visits nearby in space and time, nearest first
    close: Ints  # [visit, n] visits nearby in space, nearest first
    second: float  # price of a driven second
    work: float  # price of a second from leaving to coming back
    broken: float
    late: float  # per second of lateness, rising
    over: float  # price of a second of overtime
    told_price: float
    uneven: float
    soft: bool  # whether lateness, overtime or what was told can cost anything
    stocked: bool  # whether tools or parts matter
    linked: bool  # whether any visit waits for another
    free: npt.NDArray[np.bool_]  # [visit] neither waits for others nor others for it: where it fits depends on the route alone


class State(NamedTuple):
    """A plan under change."""

    node: Ints
    owed: Prices  # [node, breaks taken] what the way that costs least has cost up to here in lateness
    tour: Ints
    money: Prices
    absent: Ints  # visits not planned
    nabsent: Ints  # [1] how many
    row: Ints  # scratch: visits of one route, or those to put back
    key: Prices
    known: Ints  # [visit, shift] print of the route for which the best place is known, 0: none; no rows where none is remembered
    known_price: Prices  # … and what it costs there; where no place is known, it costs at least so much
    known_place: Ints  # [visit, shift, 3] node before (-1: no place known), and the last two of `where`
    where: Ints  # [4] the best place found: shift, node before, pick-up point to add (-1: none), 1 when straight before the visit
    there: Ints  # [3] the best place of one route: node before, and the last two of `where`
    tries: Ints  # scratch: places for one half of a job for two
    prices: Prices
    dice: npt.NDArray[np.uint64]
    x: Ints  # scratch rows of labels
    c: Prices


class Kept(NamedTuple):
    """A plan to come back to: the last accepted one, or the best so far. Labels are worked out again."""

    node: Ints  # the first seven columns
    tour: Ints  # [shift, 2] pick-up point and stops
    absent: Ints
    nabsent: Ints
    cost: Prices  # [1]
