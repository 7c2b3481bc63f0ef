"""The life of a planning run, of a proposal to repair, and why a plan was changed."""

from enum import StrEnum

from blisko.kit.life import Life


class RunState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class ProposalState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    DISMISSED = "dismissed"
    OUTDATED = "outdated"


class Why(StrEnum):
    """What a version of the plan came of."""

    NIGHTLY = "nightly"
    REPAIR = "repair"
    PROPOSAL = "proposal"
    ASSIGNED = "assigned"
    RELEASED = "released"
    MOVED = "moved"
    SWAPPED = "swapped"
    UNDONE = "undone"
    RESTORED = "restored"
    CHOSEN = "chosen"  # by the customer


R, P = RunState, ProposalState
RUN_LIFE = Life(
    R.WAITING,
    {
        (R.WAITING, "begin"): R.RUNNING,
        (R.WAITING, "cancel"): R.CANCELLED,
        (R.RUNNING, "finish"): R.DONE,
        (R.RUNNING, "cancel"): R.CANCELLED,
        (R.RUNNING, "fail"): R.FAILED,
    },
)
PROPOSAL_LIFE = Life(
    P.OPEN,
    {(P.OPEN, "take"): P.TAKEN, (P.OPEN, "dismiss"): P.DISMISSED, (P.OPEN, "replace"): P.OUTDATED},
)
UNDER_WAY = frozenset({R.WAITING, R.RUNNING})
