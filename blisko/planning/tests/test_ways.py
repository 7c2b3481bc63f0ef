"""What is decided about ways from values alone: estimates, tables, hours, what a grid of ways knows, what trips teach (F6, F2)."""

import itertools
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from blisko.kit.earth import metres_between
from blisko.planning.rules.grid import Grid, missing_blocks, number_of
from blisko.planning.rules.hours import Hours, drives_at, hours_of, middle_of
from blisko.planning.rules.pbf import Extract, NoExtract, extract_of
from blisko.planning.rules.polyline import decoded
from blisko.planning.rules.regions import box_of_tiles, within
from blisko.planning.rules.speeds import BANDS, Trip, band_of, learned_paces, plausible, prior_paces, spread_of
from blisko.planning.rules.ways import (
    DETOUR_FAR,
    DETOUR_MORE,
    SPEED_MORE,
    SPEED_NEAR,
    Point,
    RoadsSeen,
    Travel,
    Trouble,
    blocks,
    completed,
    crow_leg,
    crow_travel,
    road_leg,
    rounded,
)
from blisko.planning.tests.extracts import header

WARSAW, BUDAPEST = Point(52.2297, 21.0122), Point(47.4979, 19.0402)
MADE = datetime(2026, 11, 1, tzinfo=UTC)
points = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))
somewhere = st.lists(points, max_size=5)


@given(points, points)
def test_estimated_way_is_the_same_both_ways_and_says_that_it_is_estimated(a: Point, b: Point) -> None:
    there, back = crow_leg(a, b), crow_leg(b, a)
    assert (there.seconds, there.metres, there.low, there.high) == pytest.approx((back.seconds, back.metres, back.low, back.high), abs=1e-3)
    assert there.line == ((a.lat, a.lon), (b.lat, b.lon)) == back.line[::-1]
    assert there.estimated
    crow = metres_between(a, b)
    assert crow * DETOUR_FAR <= there.metres + 1e-6 <= crow * (DETOUR_FAR + DETOUR_MORE) + 1e-3
    assert 0 <= there.low <= there.seconds < there.high


@given(st.floats(0, 20), st.floats(0, 20))
def test_longer_way_never_takes_less_time_and_nobody_drives_faster_than_the_curve_allows(near: float, far: float) -> None:
    assume(near <= far)
    short, long = crow_leg(Point(0, 0), Point(0, near)), crow_leg(Point(0, 0), Point(0, far))
    assert short.seconds <= long.seconds and short.metres <= long.metres
    assert SPEED_NEAR * long.seconds <= long.metres + 1e-6 <= (SPEED_NEAR + SPEED_MORE) * long.seconds + 1e-3


def test_who_is_there_already_needs_no_time() -> None:
    assert crow_leg(WARSAW, WARSAW).seconds == 0


@given(somewhere, somewhere)
def test_table_of_estimates_is_its_ways_one_by_one(starts: list[Point], ends: list[Point]) -> None:
    table = crow_travel(starts, ends, Trouble.AWAY)
    assert table.seconds.shape == (len(starts), len(ends)) and table.seconds.dtype == table.metres.dtype == np.int64
    assert table.by_estimate is bool(starts and ends) and table.trouble is Trouble.AWAY
    for row, column in itertools.product(range(len(starts)), range(len(ends))):
        leg = crow_leg(starts[row], ends[column])
        assert table.seconds[row, column] == pytest.approx(leg.seconds, abs=0.51)
        assert table.metres[row, column] == pytest.approx(leg.metres, abs=0.51)


def test_known_ways_stay_and_unknown_ones_are_estimated_and_marked() -> None:
    ends = [BUDAPEST, WARSAW]
    table = completed(np.array([[np.nan, 7.4]]), np.array([[5.0, 80.6]]), [WARSAW], ends)
    assert table.estimated.tolist() == [[True, False]]
    assert (table.seconds[0, 1], table.metres[0, 1]) == (7, 81)
    assert (table.seconds[0, 0], table.metres[0, 0]) == (
        crow_travel([WARSAW], ends).seconds[0, 0],
        crow_travel([WARSAW], ends).metres[0, 0],
    )
    assert not completed(np.array([[1.0]]), np.array([[2.0]]), [WARSAW], [WARSAW]).by_estimate


def test_part_of_a_table_keeps_its_marks() -> None:
    table = Travel(np.arange(9).reshape(3, 3), np.arange(9).reshape(3, 3), np.eye(3, dtype=np.bool_), Trouble.AWAY)
    part = table.part(np.array([2, 0]), np.array([0]))
    assert (part.seconds.tolist(), part.estimated.tolist(), part.trouble) == ([[6], [0]], [[False], [True]], Trouble.AWAY)


def test_way_of_an_engine_is_no_estimate_and_has_a_range() -> None:
    leg = road_leg(600, 9_000, ((1.0, 2.0), (3.0, 4.0)))
    assert not leg.estimated and leg.low < leg.seconds < leg.high


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 12), st.integers(1, 60))
def test_blocks_cover_every_cell_once_within_their_limits(rows: int, columns: int, side: int, cells: int) -> None:
    seen = np.zeros((rows, columns), int)
    for high, wide in blocks(rows, columns, side=side, cells=cells):
        part = seen[high, wide]
        assert max(part.shape) <= side and part.size <= cells
        seen[high, wide] += 1
    assert (seen == 1).all()


def test_source_of_roads_changes_with_their_version() -> None:
    one = RoadsSeen("valhalla", "liechtenstein", "a1")
    assert one.source == RoadsSeen("valhalla", "liechtenstein", "a1", trouble=Trouble.AWAY).source
    assert one.source != RoadsSeen("valhalla", "liechtenstein", "a2").source


def test_line_of_an_engine_is_read_as_its_own_manual_shows() -> None:
    # The example of the format's documentation, five digits.
    assert decoded("_p~iF~ps|U_ulLnnqC_mqNvxq`@", 5) == ((38.5, -120.2), (40.7, -120.95), (43.252, -126.453))
    assert decoded("", 6) == ()


@given(points)
def test_place_of_a_point_is_within_ten_metres_and_has_a_number_of_its_own(point: Point) -> None:
    place = rounded(point)
    assert abs(place[0] / 1e4 - point.lat) <= 0.50001e-4 and abs(place[1] / 1e4 - point.lon) <= 0.50001e-4
    assert len({number_of(place), number_of((place[0], place[1] + 1)), number_of((place[0] + 1, place[1]))}) == 3
    assert 0 <= number_of(place) < 2**53


@pytest.mark.parametrize(
    ("hour", "working", "free"),
    [
        (0, Hours.NIGHT, Hours.NIGHT),
        (6, Hours.MORNING, Hours.MIDDAY),
        (10, Hours.MIDDAY, Hours.MIDDAY),
        (14, Hours.AFTERNOON, Hours.MIDDAY),
        (18, Hours.EVENING, Hours.EVENING),
        (22, Hours.NIGHT, Hours.NIGHT),
    ],
)
def test_peaks_are_on_working_days(hour: int, working: Hours, free: Hours) -> None:
    wednesday = datetime(2026, 11, 25, hour, 59, tzinfo=UTC)
    assert hours_of(wednesday) == working
    assert hours_of(wednesday + timedelta(days=3)) == hours_of(wednesday + timedelta(days=4)) == free


@given(st.integers(0, 7 * 24 * 60))
def test_middle_of_the_hours_is_one_of_them(minute: int) -> None:
    local = MADE + timedelta(minutes=minute)
    assert hours_of(middle_of(local)) == hours_of(local)
    assert middle_of(middle_of(local)) == middle_of(local)


def test_day_ahead_is_driven_at_its_noon_and_what_is_left_of_today_from_now_on() -> None:
    midnight = datetime(2026, 11, 25, tzinfo=UTC)
    assert drives_at(midnight, midnight - timedelta(days=2)) == midnight + timedelta(hours=12)
    assert drives_at(midnight, midnight + timedelta(hours=15)) == midnight + timedelta(hours=15)


def ways(rows: int, columns: int, first: int = 1) -> Travel:
    numbers = np.arange(first, first + rows * columns, dtype=np.int64).reshape(rows, columns)
    return Travel(numbers, numbers * 10, numbers % 2 == 0)


def test_grid_knows_what_was_put_and_that_staying_takes_no_time() -> None:
    grid, places = Grid(100), [(row, 0) for row in range(4)]
    _, known = grid.take(places, places)
    assert known.tolist() == np.eye(4, dtype=bool).tolist()
    grid.put(places[:2], places[2:], ways(2, 2), np.array([[True, True], [True, False]]))
    found, known = grid.take(places, places)
    assert known.sum() == 4 + 3
    assert (found.seconds[0, 2], found.metres[0, 3], found.estimated[0, 3], found.estimated[0, 2]) == (1, 20, True, False)


def test_grid_takes_single_ways_in_any_order() -> None:
    grid, places = Grid(100), [(3, 3), (1, 1), (2, 2)]
    numbers = {place: number_of(place) for place in places}
    starts, ends = np.array([numbers[1, 1], numbers[2, 2]]), np.array([numbers[3, 3], numbers[1, 1]])
    grid.put_pairs(starts, ends, Travel(np.array([5, 6]), np.array([7, 8]), np.array([False, True])), places)
    found, known = grid.take([(1, 1), (2, 2)], [(3, 3), (1, 1)])
    assert (found.seconds[0, 0], found.seconds[1, 1], found.estimated[1, 1]) == (5, 6, True)
    assert known.tolist() == [[True, True], [False, True]]


def test_grid_that_is_full_begins_anew_and_serves_whatever_is_asked() -> None:
    grid, places = Grid(10), [(row, 0) for row in range(200)]
    grid.put(places[:8], places[:8], ways(8, 8), np.ones((8, 8), np.bool_))
    assert len(grid) == 8
    _, known = grid.take(places[:11], places[:11])
    assert len(grid) == 11 and known.sum() == 11
    assert grid.take(places, places)[1].shape == (200, 200)


def test_grid_grows_and_forgets_nothing_on_the_way() -> None:
    grid, places = Grid(1_000), [(row, 0) for row in range(150)]
    grid.put(places[:60], places[:60], ways(60, 60), np.ones((60, 60), np.bool_))
    found, known = grid.take(places, places)
    assert known[:60, :60].all() and not known[60:, :60].any()
    assert found.seconds[3, 7] == 3 * 60 + 7 + 1


def test_new_place_is_one_row_and_one_column() -> None:
    known = np.ones((400, 400), np.bool_)
    assert missing_blocks(known) == []
    known[399, :-1] = known[:-1, 399] = False
    asked = [(rows.size, columns.size) for rows, columns in missing_blocks(known)]
    assert asked == [(1, 399), (399, 1)]


@given(st.integers(1, 8).flatmap(lambda wide: st.lists(st.lists(st.booleans(), min_size=wide, max_size=wide), min_size=1, max_size=8)))
def test_what_is_asked_covers_what_is_unknown(cells: list[list[bool]]) -> None:
    known = np.array(cells)
    asked = np.zeros_like(known)
    for rows, columns in missing_blocks(known):
        assert rows.size and columns.size
        asked[np.ix_(rows, columns)] = True
    assert (asked | known).all()
    assert not (known.all() and asked.any())


def trip(ratio: float, *, expected: float = 600.0, metres: float = 5_000.0, hours: Hours = Hours.MIDDAY, estimated: bool = False) -> Trip:
    return Trip(expected, expected * ratio, metres, hours, estimated)


def test_without_trips_nothing_is_learned() -> None:
    paces, counts = learned_paces([])
    assert (paces == prior_paces()).all() and counts.sum() == 0


def test_few_trips_move_the_pace_a_little_and_many_move_it_there() -> None:
    def pace(count: int) -> float:
        return float(learned_paces([trip(1.5)] * count)[0][0, Hours.MIDDAY, band_of(5_000), 1])

    assert 1.0 < pace(1) < 1.05 < pace(30) < 1.4 < pace(3_000) < 1.5001
    assert pace(3_000) == pytest.approx(1.5, abs=0.01)


def test_hours_without_trips_follow_the_others_and_estimates_are_learned_apart() -> None:
    paces, counts = learned_paces([trip(1.5, hours=Hours.MORNING)] * 300 + [trip(0.7, estimated=True)] * 300)
    assert paces[0, Hours.NIGHT, 0, 1] == pytest.approx(1.45, abs=0.06)
    assert paces[1, Hours.NIGHT, 0, 1] == pytest.approx(0.72, abs=0.06)
    assert (counts[0].sum(), counts[1].sum()) == (300, 300)
    assert counts[0, Hours.MORNING, band_of(5_000)] == 300


@given(st.lists(st.floats(0.2, 5.0), min_size=1, max_size=60))
def test_median_lies_within_its_range_whatever_was_driven(ratios: list[float]) -> None:
    paces, _ = learned_paces([trip(ratio) for ratio in ratios])
    assert (paces[..., 0] <= paces[..., 1]).all() and (paces[..., 1] <= paces[..., 2]).all() and (paces > 0).all()


def test_range_learned_from_many_trips_holds_eight_times_in_ten() -> None:
    dice = np.random.default_rng(4)
    real = np.exp(dice.normal(0.2, 0.35, 6_000))
    paces, _ = learned_paces([trip(float(ratio)) for ratio in real[:3_000]])
    seconds, metres = np.full((1, 1), 600.0), np.full((1, 1), 5_000.0)
    low, _, high = spread_of(paces, seconds, metres, np.zeros((1, 1), np.bool_), Hours.MIDDAY)
    assert np.mean((real[3_000:] * 600 >= low) & (real[3_000:] * 600 <= high)) == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(
    ("odd", "teaches"),
    [
        (trip(1.0), True),
        (trip(5.1), False),
        (trip(0.19), False),
        (trip(1.0, expected=59), False),
        (trip(0.5, expected=110), False),  # 55 seconds: he pressed the button too late
        (trip(1.5, expected=9_000), False),
    ],
)
def test_only_trips_driven_in_one_go_teach(odd: Trip, teaches: bool) -> None:
    assert plausible(odd) is teaches


def test_spread_is_zero_where_nothing_is_driven_and_wider_where_only_estimated() -> None:
    seconds, metres = np.array([[0.0, 600.0, 600.0]]), np.array([[0.0, 5_000.0, 5_000.0]])
    low, median, high = spread_of(prior_paces(), seconds, metres, np.array([[False, False, True]]), Hours.NIGHT)
    assert (low[0, 0], median[0, 0], high[0, 0]) == (0, 0, 0)
    assert low[0, 2] < low[0, 1] < median[0, 1] == median[0, 2] < high[0, 1] < high[0, 2]
    assert [band_of(metres) for metres in (0, 999, 1_000, BANDS[-1])] == [0, 0, 1, len(BANDS)]


BOX = (47.04774, 9.471078, 47.27128, 9.636217)


@pytest.mark.parametrize("packed", [True, False])
def test_extract_says_what_it_covers_and_how_old_it_is(packed: bool) -> None:
    found = extract_of(header(box=BOX, made=int(MADE.timestamp()), packed=packed))
    assert found.box == pytest.approx(BOX)
    assert found.data_at == MADE
    assert extract_of(header(packed=packed)) == Extract(None, None)
    assert extract_of(header(box=(-33.9, -70.8, -33.3, -70.4))).box == pytest.approx((-33.9, -70.8, -33.3, -70.4))


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"PK\x03\x04 an archive of something else",
        b"\x00\x00\x00\x0d<osm version='0.6'>",
        header(kind=b"OSMData"),
        header(box=BOX)[:40],
        b"\x00\x00\x00\x05\x0a\xff\xff\xff\x7f",
        b"\x00\x00\x00\x02\x0f\x00",
        b"\x00\x00\x00\x0b\x0d\x00\x00\x00\x00\x09\x00\x00\x00\x00\x00",
    ],
)
def test_file_that_is_no_extract_is_refused(words: bytes) -> None:
    with pytest.raises(NoExtract):
        extract_of(words)


@given(st.binary(max_size=200))
def test_no_file_is_so_odd_that_it_is_not_refused_in_words(words: bytes) -> None:
    with pytest.raises(NoExtract):
        extract_of(words)


def test_box_of_a_region_is_what_its_tiles_cover_within_what_the_extract_says() -> None:
    names = ["2/000/789/877.gph", "2/000/791/318.gph", "0/003/107.gph", "1/049/509.gph"]
    assert box_of_tiles(names) == (47.0, 9.25, 47.5, 9.75)
    assert box_of_tiles(names, (47.1, 0.0, 90.0, 9.5)) == (47.1, 9.25, 47.5, 9.5)
    assert box_of_tiles(["0/003/107.gph"]) is None
    assert within(Point(47.2, 9.4), (47.0, 9.25, 47.5, 9.75)) and not within(Point(47.2, 9.8), (47.0, 9.25, 47.5, 9.75))
