"""One way to write a lifecycle: a closed table of (state, step) -> state."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Generic, TypeVar

from blisko.kit.errors import WrongMoment

S = TypeVar("S", bound=StrEnum)


class Life(Generic[S]):
    """A closed table of steps; whatever is not in it is refused.

    `step("booked", "set_out")` answers the next state or raises `WrongMoment`.
    """

    def __init__(self, start: S, steps: Mapping[tuple[S, str], S], *, also: Sequence[S] = ()) -> None:
        """`also`: more states in which one may begin."""
        self.start, self.also = start, also
        self.steps = dict(steps)

    def step(self, state: S, name: str) -> S:
        try:
            return self.steps[state, name]
        except KeyError:
            raise WrongMoment(details={"state": str(state), "step": name}) from None

    def open_steps(self, state: S) -> list[str]:
        """Answer the steps open from `state`: the buttons a page may offer."""
        return [name for (here, name) in self.steps if here == state]

    def drawing(self) -> str:
        """Answer the table as a mermaid state diagram."""
        lines = ["stateDiagram-v2", *(f"    [*] --> {start}" for start in (*self.also, self.start))]
        lines += [f"    {here} --> {there}: {name}" for (here, name), there in self.steps.items()]
        ends = dict.fromkeys(there for there in self.steps.values() if not self.open_steps(there))
        return "\n".join(lines + [f"    {end} --> [*]" for end in ends])
