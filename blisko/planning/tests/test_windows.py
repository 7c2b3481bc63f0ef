"""The window promised is the narrowest that holds, and recent days correct it (F9)."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blisko.planning.rules.windows import EDGE, FEWEST, HOLDS, LEAST, Forecast, narrowest_window, record_of
from blisko.planning.tests.truth import promises_and_arrivals

HOUR = 3600.0


def around(middle: float, spread: float, count: int = 4000) -> np.ndarray:
    return np.random.default_rng(5).normal(middle, spread, count)


@given(st.floats(8, 18), st.floats(0.02, 1.5))
def test_no_narrower_window_on_edges_would_hold(hour: float, spread: float) -> None:
    starts = around(hour * HOUR, spread * HOUR, 500)
    found = narrowest_window(starts)
    assert found.starts % EDGE == 0 and found.ends % EDGE == 0
    assert found.ends - found.starts >= LEAST
    assert found.holds >= HOLDS
    narrower = found.ends - found.starts - EDGE
    if narrower >= LEAST:
        for begins in np.arange(starts.min() // EDGE * EDGE, starts.max(), EDGE):
            assert np.mean((starts >= begins) & (starts <= begins + narrower)) < HOLDS


def test_sure_arrival_gets_an_hour_and_an_unsure_one_more() -> None:
    sure, unsure = narrowest_window(around(10.5 * HOUR, 300)), narrowest_window(around(10.5 * HOUR, HOUR))
    assert (sure.starts, sure.ends) == (10 * HOUR, 11 * HOUR)
    assert unsure.ends - unsure.starts == 3.5 * HOUR  # ± 1.645 hours, on edges
    assert unsure.early == pytest.approx(10.5 * HOUR - 1.2816 * HOUR, rel=0.01)
    assert unsure.early < unsure.middle < unsure.late


def test_few_arrivals_close_together_get_the_least_window() -> None:
    one = narrowest_window(np.array([10 * HOUR, 10 * HOUR]))
    assert one.starts <= 10 * HOUR <= one.ends and one.ends - one.starts == LEAST and one.holds == 1


def test_what_was_promised_is_only_ever_narrowed() -> None:
    starts = around(10.5 * HOUR, 900)
    narrowed = narrowest_window(starts, within=(8 * HOUR, 12 * HOUR))
    assert (narrowed.starts, narrowed.ends) == (10 * HOUR, 11 * HOUR)
    kept = narrowest_window(starts, within=(8 * HOUR, 10.25 * HOUR))
    assert (kept.starts, kept.ends) == (8 * HOUR, 10.25 * HOUR) and kept.holds < 0.4
    early = narrowest_window(starts, within=(11 * HOUR, 14 * HOUR))
    assert (early.starts, early.ends) == (11 * HOUR, 12 * HOUR)  # whoever comes early waits


def test_stretched_range_is_wider() -> None:
    starts = around(10.5 * HOUR, 1200)
    plain, wide = narrowest_window(starts), narrowest_window(starts, stretch=2.0)
    assert wide.ends - wide.starts > plain.ends - plain.starts


def test_ranges_that_held_too_seldom_are_stretched_and_too_often_shrunk() -> None:
    dice = random.Random(2)
    for spread, held, stretch in ((1.0, 0.9, 1.0), (2.0, 0.59, 2.0), (0.5, 1.0, 0.5)):
        past = [Forecast(-1645, 0, 1645, dice.gauss(0, 1000 * spread)) for _ in range(4000)]
        record = record_of(past)
        assert (record.held, record.stretch) == (pytest.approx(held, abs=0.02), pytest.approx(stretch, rel=0.06))
        assert record.forecasts == 4000


def test_lopsided_range_is_judged_on_the_side_where_it_came() -> None:
    past = [Forecast(-600, 0, 3600, 3000)] * 50 + [Forecast(-600, 0, 3600, -1200)] * 50
    assert record_of(past).held == 0.5
    assert record_of(past).stretch == 2.0


def test_few_forecasts_stretch_nothing_and_none_say_nothing() -> None:
    past = [Forecast(-600, 0, 600, 3000)] * (FEWEST - 1)
    assert (record_of(past).held, record_of(past).stretch) == (0.0, 1.0)
    assert record_of([]).forecasts == 0
    assert record_of([Forecast(-600, 0, 600, 9e9)] * 100).stretch == 4.0


def test_promised_windows_hold_as_often_as_they_should_on_days_to_come() -> None:
    """40 days of 12 technicians, promised at eight for the whole day, corrected by the ten days before: 90 % hold, at most 94."""
    rows = promises_and_arrivals(40)
    held = np.mean([promise.starts <= came <= promise.ends for promise, came, _ in rows])
    assert len(rows) > 2500
    assert HOLDS - 0.015 < held < HOLDS + 0.04  # two standard errors below; edges make windows a little wider than asked for
