from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blisko.kit.earth import EARTH_RADIUS_M, metres_between
from blisko.planning.rules.gaps import first_gap
from blisko.planning.rules.ways import Point

EIGHT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
WARSAW, BUDAPEST = Point(52.2297, 21.0122), Point(47.4979, 19.0402)
points = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))
Span = tuple[datetime, datetime]


def at(minute: int) -> datetime:
    return EIGHT + timedelta(minutes=minute)


def span(start: int, end: int) -> Span:
    return at(start), at(end)


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        (WARSAW, WARSAW, 0),
        (Point(0, 0), Point(1, 0), 111_195.08),  # one degree of the mean radius
        (Point(0, 0), Point(0, 180), 20_015_114.35),  # half the earth
        (Point(90, 0), Point(-90, 120), 20_015_114.35),
        (Point(0, 179.5), Point(0, -179.5), 111_195.08),  # across the date line
        (Point(60, 0), Point(60, 1), 55_597.01),
        (WARSAW, BUDAPEST, 545_000),
    ],
)
def test_distance_is_what_the_globe_says(a: Point, b: Point, metres: float) -> None:
    assert metres_between(a, b) == pytest.approx(metres, rel=2e-3 if b is BUDAPEST else 1e-5)


@given(points, points, points)
def test_distance_is_the_same_both_ways_bounded_and_never_longer_by_a_straight_way(a: Point, b: Point, c: Point) -> None:
    assert metres_between(a, b) == pytest.approx(metres_between(b, a), abs=1e-3)
    assert 0 <= metres_between(a, b) <= 3.141593 * EARTH_RADIUS_M
    assert metres_between(a, c) <= metres_between(a, b) + metres_between(b, c) + 1


@pytest.mark.parametrize(
    ("busy", "work", "found"),
    [
        ([], [span(-60, 600)], 0),
        ([], [span(30, 600)], 30),  # comes later
        ([], [span(-60, 30)], None),  # goes home before the job would end
        ([], [span(-60, 30), span(40, 200)], 40),  # not torn over two shifts
        ([], [], None),
        ([span(0, 60)], [span(-60, 600)], 60),
        ([span(-30, 0), span(60, 90)], [span(-60, 600)], 0),  # fits to the minute between two
        ([span(-30, 1), span(60, 90)], [span(-60, 600)], 90),  # a minute is missing
        ([span(0, 119)], [span(-60, 600)], 119),  # the start lies in the window, the end need not
        ([span(0, 120)], [span(-60, 600)], None),
    ],
)
def test_first_gap_is_the_one_a_dispatcher_would_point_at(busy: list[Span], work: list[Span], found: int | None) -> None:
    assert first_gap(span(0, 120), timedelta(hours=1), busy, work) == (None if found is None else at(found))


spans = st.tuples(st.integers(-10, 30), st.integers(1, 15)).map(lambda pair: span(pair[0], pair[0] + pair[1]))


@given(st.integers(1, 25), st.integers(1, 12), st.lists(spans, max_size=5), st.lists(spans, max_size=3))
def test_first_gap_is_what_trying_every_minute_finds(window: int, length: int, busy: list[Span], work: list[Span]) -> None:
    def fits(minute: int) -> bool:
        start, end = span(minute, minute + length)
        return any(begin <= start and end <= close for begin, close in work) and not any(
            start < close and begin < end for begin, close in busy
        )

    expected = next((at(minute) for minute in range(window) if fits(minute)), None)
    assert first_gap(span(0, window), timedelta(minutes=length), busy, work) == expected
