"""The national day: regions are added up as they were measured, and what was not measured says so."""

import pytest

from bench.__main__ import main
from bench.national import REGIONS, Region, asked, nation_of, plan_region, told


def region(seed: int, process: int, peak: float, *wrong: str) -> Region:
    return Region(seed, 280, 2, 1000.0, 5000, 20.0, peak, process, wrong)


def test_share_of_the_regions_is_extrapolated_and_says_so() -> None:
    nation = nation_of([region(1, 7, 300.0), region(2, 8, 250.0), region(3, 7, 310.0)], wall=30.0, seconds=20, processes=2, own=90.0)
    assert (nation.wall_minutes, nation.whole_minutes) == (0.5, pytest.approx(0.5 * REGIONS / 3))
    assert (nation.peak_megabytes, nation.together_megabytes) == (310.0, 650.0)
    assert (nation.left_out, nation.visits, nation.minutes_driven, nation.holds) == (6, 840, 3000.0, True)
    assert "EXTRAPOLATED from 3, not measured" in told(nation)[1]


def test_whole_nation_is_not_extrapolated_and_does_not_hold_when_late_large_or_faulty() -> None:
    whole = [region(nr, nr % 2, 300.0) for nr in range(REGIONS)]
    nation = nation_of(whole, wall=600.0, seconds=20, processes=2)
    assert (nation.whole_minutes, nation.holds) == (10.0, True)
    assert told(nation)[1] == "wall time 10.0 min"
    assert not nation_of(whole, wall=3601.0, seconds=20, processes=2).holds
    assert not nation_of([region(1, 1, 4001.0)], wall=1.0, seconds=20, processes=2).holds
    assert not nation_of([*whole[1:], region(1, 1, 300.0, "a fault")], wall=600.0, seconds=20, processes=2).holds


def test_region_is_planned_judged_and_measured() -> None:
    one = plan_region(1, 0.3, technicians=5, visits=30)
    assert (one.visits, one.wrong) == (30, ())
    assert one.left_out < 30
    assert one.minutes > 0
    assert one.peak > 10


def test_unknown_bench_is_refused_and_every_region_is_asked_for_unless_said() -> None:
    assert (asked([]).share, asked([]).seconds, asked(["--share", "0.1"]).share) == (1.0, 20.0, 0.1)
    with pytest.raises(SystemExit, match="no such bench: planet"):
        main(["planet"])
