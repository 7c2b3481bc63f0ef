from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blisko.customers.errors import BadPosition
from blisko.customers.rules import check_position, entry_key

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lat", "lon", "good"),
    [
        (None, None, True),
        (52.2, 21.0, True),
        (-90, -180, True),
        (90, 180, True),
        (0, 21, True),
        (52, 0, True),
        (0, 0, False),  # what a machine writes that does not know
        (52.2, None, False),
        (None, 21.0, False),
        (90.001, 21, False),
        (-90.001, 21, False),
        (52, 180.001, False),
        (52, -180.001, False),
        (float("nan"), 21, False),
        (52, float("nan"), False),
        (float("inf"), 21, False),
    ],
)
def test_position_is_whole_and_on_the_earth(lat: float | None, lon: float | None, good: bool) -> None:
    if good:
        check_position(lat, lon)
    else:
        with pytest.raises(BadPosition):
            check_position(lat, lon)


@given(st.floats(), st.floats())
def test_no_position_outside_the_earth_is_ever_kept(lat: float, lon: float) -> None:
    try:
        check_position(lat, lon)
    except BadPosition:
        assert not (abs(lat) <= 90 and abs(lon) <= 180) or lat == lon == 0
    else:
        assert abs(lat) <= 90
        assert abs(lon) <= 180


def test_one_happening_has_one_key_and_another_another() -> None:
    keys = {
        entry_key(kind, subject, at)
        for kind in ("booked", "done")
        for subject in ("visit:1", "visit:11")
        for at in (NOW, NOW.replace(hour=9))
    }
    assert len(keys) == 8
    assert entry_key("booked", "visit:1", NOW) in keys
