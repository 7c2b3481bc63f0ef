from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blisko.kit.errors import WrongMoment
from blisko.kit.life import Life


class Door(StrEnum):
    SHUT = "shut"
    OPEN = "open"
    GONE = "gone"


LIFE = Life(Door.SHUT, {(Door.SHUT, "open"): Door.OPEN, (Door.OPEN, "shut"): Door.SHUT, (Door.OPEN, "remove"): Door.GONE})


@given(st.sampled_from(Door), st.sampled_from(["open", "shut", "remove", "paint"]))
def test_step_is_taken_exactly_when_the_table_has_it(state: Door, step: str) -> None:
    if (state, step) in LIFE.steps:
        assert LIFE.step(state, step) == LIFE.steps[state, step]
        assert step in LIFE.open_steps(state)
    else:
        with pytest.raises(WrongMoment):
            LIFE.step(state, step)
        assert step not in LIFE.open_steps(state)


def test_drawing_shows_every_step_the_start_and_the_ends() -> None:
    drawing = LIFE.drawing()
    assert "[*] --> shut" in drawing
    assert "shut --> open: open" in drawing
    assert "gone --> [*]" in drawing
    assert "open --> [*]" not in drawing
