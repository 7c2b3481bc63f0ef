"""A day tried otherwise before anybody decides: with one more technician, and striving for something else. It never becomes a plan."""

from dataclasses import replace

from blisko.planning.errors import BadTrial, OffShift
from blisko.planning.rules.lines import present_plan
from blisko.planning.rules.presets import PRESETS, Preset
from blisko.planning.rules.problem import PlanShift, Problem
from blisko.planning.rules.terms import Terms, terms_of
from blisko.planning.rules.whatif import as_it_stands, board_of
from blisko.planning.rules.world import World, technician_of

AS_PLANNED, ANEW, ONE_MORE = "as_planned", "anew", "one_more"
SEARCHED = range(1, 31)  # seconds, each of them: somebody waits for all
USUALLY = 5
NEWCOMER = "0/0"  # the key of a shift that is nobody's


def check_trial(seconds: int) -> None:
    """Refuse `BadTrial` unless each search takes one to thirty seconds."""
    if seconds not in SEARCHED:
        raise BadTrial(details={"seconds": seconds})


def shift_like(problem: Problem, technician_id: int) -> PlanShift:
    """Answer what is left of a technician's first shift; refuse `OffShift` where nothing is."""
    found = next((shift for shift in problem.shifts if technician_of(shift.key) == technician_id), None)
    if found is None:
        raise OffShift(details={"technician_id": technician_id})
    return found


def with_one_more(problem: Problem, technician_id: int) -> Problem:
    """Answer the day with somebody besides who can, carries and works what this technician does, and has no visit yet."""
    return replace(problem, shifts=(*problem.shifts, replace(shift_like(problem, technician_id), key=NEWCOMER, fixed=())))


def searches_of(problem: Problem, technician_id: int, in_use: Preset) -> dict[str, Problem]:
    """Answer what is searched, by name: the day as it is staffed, with one more, and under every preset but the one in use."""
    others = {preset.value: replace(problem, weights=PRESETS[preset]) for preset in Preset if preset != in_use}
    return {ANEW: problem, ONE_MORE: with_one_more(problem, technician_id), **others}


def terms_as_planned(world: World, problem: Problem) -> Terms:
    """Answer what the plan amounts to as it stands: on the way home and to what must be loaded, too, wherever its times can be told."""
    board, present = board_of(world, problem), present_plan(world, problem)
    stands = as_it_stands(board)
    return terms_of(board.problem, stands if len(stands.left_out) == len(present.left_out) else present)
