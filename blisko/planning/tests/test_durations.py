"""How long work and drives take: learned from what happened, thin groups shrunk, slips of the finger left out (F9)."""

import json
import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blisko.planning.rules.chance import as_shape, normal_shape, shape_of
from blisko.planning.rules.durations import (
    EVIDENCE,
    USUAL_SPREAD,
    DoneJob,
    WorkTimes,
    durations_from,
    fit_durations,
    site_kind,
    unknown_durations,
)
from blisko.planning.rules.futures.dice import roll, seed_dice
from blisko.planning.rules.futures.shapes import STEPS, rank_of, value_at
from blisko.planning.rules.traffic import (
    USUAL_DAY,
    USUAL_ROUTE,
    Drive,
    Traffic,
    fit_traffic,
    today,
    traffic_from,
    unknown_traffic,
)

REPAIR, INSTALLATION = 1, 2


def some_jobs(count: int, *, seed: int = 1, slips: int = 0) -> list[DoneJob]:
    """Repairs take 1.2 times what was planned and installations 0.9 times; technician 0 is a fifth slower, houses a tenth."""
    dice = random.Random(seed)
    jobs = []
    for n in range(count):
        job_type, technician, site = dice.choice((REPAIR, INSTALLATION)), dice.randrange(8), dice.choice(("flat", "house"))
        planned = 40.0 if job_type == REPAIR else 80.0
        factor = (1.2 if job_type == REPAIR else 0.9) * (1.2 if technician == 0 else 1.0) * (1.1 if site == "house" else 1.0)
        minutes = planned * factor * math.exp(dice.gauss(0, 0.3))
        jobs.append(DoneJob(job_type, technician, site, planned, 900.0 if n < slips else minutes))
    return jobs


def test_median_and_spread_of_each_kind_are_found() -> None:
    fit = fit_durations(some_jobs(4000))
    slow, quick = fit.of(REPAIR, 0, "house", 40), fit.of(REPAIR, 3, "flat", 40)
    assert slow.median == pytest.approx(40 * 1.2 * 1.2 * 1.1, rel=0.06)
    assert quick.median == pytest.approx(40 * 1.2, rel=0.06)
    assert quick.spread == pytest.approx(0.3, abs=0.04)
    assert quick.quantile(0.9) == pytest.approx(quick.median * math.exp(0.3 * 1.2816), rel=0.08)
    assert quick.share_within(quick.quantile(0.9)) == pytest.approx(0.9)
    assert quick.share_within(0) == 0
    assert quick.visits > 1800 and quick.own > 150


def test_technician_with_two_visits_is_taken_for_like_the_others() -> None:
    jobs = [*some_jobs(2000), *(DoneJob(REPAIR, 99, "flat", 40.0, 160.0) for _ in range(2))]
    fit = fit_durations(jobs)
    thin, usual = fit.of(REPAIR, 99, "flat", 40), fit.of(REPAIR, 3, "flat", 40)
    assert usual.median < thin.median < 1.35 * usual.median  # 160 minutes twice: believed by a part only
    assert thin.own == 2


def test_whoever_is_unknown_takes_as_long_as_all_do_and_less_surely() -> None:
    fit = fit_durations(some_jobs(2000))
    anybody, known = fit.of(REPAIR, None, "flat", 40), fit.of(REPAIR, 3, "flat", 40)
    assert anybody.median == pytest.approx(48, rel=0.1)
    assert anybody.spread > known.spread and anybody.own == 0


def test_new_job_type_takes_what_was_planned_as_far_as_all_plans_hold() -> None:
    new = fit_durations(some_jobs(2000)).of(77, 3, "flat", 100)
    assert 85 < new.median < 125 and new.spread > 0.3 and new.visits == 0


def test_without_any_visit_the_plan_is_believed_with_a_wide_spread() -> None:
    for fit in (unknown_durations(), fit_durations([]), fit_durations([DoneJob(1, 1, "flat", 40, 0.2), DoneJob(1, 1, "flat", 0, 30)])):
        one = fit.of(REPAIR, 1, "flat", 40)
        assert one.median == 40 and one.spread > USUAL_SPREAD
    assert fit_durations([DoneJob(1, 1, "flat", 40, 60.0)] * 3).of(1, 1, "flat", 40).median > 40


def test_planner_counts_with_what_work_took_by_technician_where_enough_of_it_was_seen() -> None:
    fit = fit_durations(some_jobs(4000))
    times = WorkTimes(fit, (0, 3, 99))
    minutes, by = times.of(REPAIR, "flat", 40, 40)
    assert minutes == round(fit.of(REPAIR, None, "flat", 40).quantile(0.5))
    assert minutes == pytest.approx(48, abs=4)
    assert by[0] == round(fit.of(REPAIR, 0, "flat", 40).quantile(0.5)) > minutes
    assert 99 not in by  # nobody has seen this one at work
    assert times.of(REPAIR, "flat", 40, 40) is times.of(REPAIR, "flat", 40, 40)
    assert times.of(REPAIR, "house", 40, 40)[0] > minutes


def test_minutes_a_person_set_and_those_of_an_unseen_job_type_stay() -> None:
    times = WorkTimes(fit_durations(some_jobs(4000)), (0, 3))
    assert times.of(REPAIR, "flat", 90, 40) == (90, {})
    assert times.of(3, "flat", 50, 50) == (50, {})
    assert WorkTimes(unknown_durations(), (0, 3)).of(REPAIR, "flat", 40, 40) == (40, {})


@pytest.mark.parametrize(("seen", "learned"), [(EVIDENCE - 1, False), (EVIDENCE, True)])
def test_few_visits_are_no_evidence(seen: int, learned: bool) -> None:
    fit = fit_durations([DoneJob(REPAIR, 1, "flat", 40, 60 + n % 3) for n in range(seen)])
    assert (WorkTimes(fit, ()).of(REPAIR, "flat", 40, 40)[0] > 40) is learned


def test_forgotten_taps_are_left_out_and_counted() -> None:
    clean, slipped = fit_durations(some_jobs(1000)), fit_durations(some_jobs(1000, slips=20))
    assert slipped.mistaken >= 20
    assert slipped.of(REPAIR, 3, "flat", 40).median == pytest.approx(clean.of(REPAIR, 3, "flat", 40).median, rel=0.03)
    assert slipped.of(REPAIR, 3, "flat", 40).spread == pytest.approx(clean.of(REPAIR, 3, "flat", 40).spread, abs=0.02)


def test_rare_job_type_is_fenced_by_the_median_of_all() -> None:
    fit = fit_durations([*some_jobs(500), DoneJob(5, 1, "flat", 40, 900.0), DoneJob(5, 1, "flat", 40, 50.0)])
    assert fit.of(5, 1, "flat", 40).visits == 1


def test_table_comes_back_from_what_was_kept() -> None:
    fit = fit_durations(some_jobs(300))
    again = durations_from(json.loads(json.dumps(fit.as_json())))
    for technician in (0, 5, None):
        one, other = (table.of(REPAIR, technician, "house", 40) for table in (fit, again))
        assert (one.median, one.spread, one.visits, one.own) == (other.median, other.spread, other.visits, other.own)
        assert np.array_equal(one.shape, other.shape)


@pytest.mark.parametrize(
    ("street", "kind"),
    [
        ("Lipowa 5/12", "flat"),
        ("Lipowa 5", "house"),
        ("Fő u. 3. II/5", "flat"),
        ("Długa 4 m. 7", "flat"),
        ("Długa 4A", "house"),
        ("", "house"),
    ],
)
def test_address_tells_a_flat_from_a_house(street: str, kind: str) -> None:
    assert site_kind(street) == kind


@given(st.floats(0.0005, 0.9995))
def test_shape_reads_both_ways(rank: float) -> None:
    dice = random.Random(3)
    for shape in (normal_shape(), shape_of([dice.gauss(0, 1) + (2 if dice.random() < 0.1 else 0) for _ in range(500)])):
        assert rank_of(shape, value_at(shape, rank)) == pytest.approx(rank, abs=1e-6)
        assert rank_of.py_func(shape, value_at.py_func(shape, rank)) == pytest.approx(rank, abs=1e-6)


def test_shape_of_few_is_nearly_normal_and_of_many_is_theirs() -> None:
    heavy = [math.sinh(i / 100) for i in range(-400, 401)]
    few, many = shape_of(heavy[::100]), shape_of(heavy * 20)
    assert abs(few[STEPS // 8] - normal_shape()[STEPS // 8]) < 0.5
    assert many[STEPS - 1] > 5 * normal_shape()[STEPS - 1]
    assert np.array_equal(shape_of([]), normal_shape())
    assert np.array_equal(as_shape(few.tolist()), few)
    assert np.all(np.diff(shape_of([0.0] * 5000)[1:STEPS]) > 0)  # even where all are alike, it can be read both ways


def test_dice_repeat_themselves_from_the_same_seed_and_spread_evenly() -> None:
    one, same, other = (np.empty(4, np.uint64) for _ in range(3))
    for dice, stream in ((one, 7), (same, 7), (other, 8)):
        seed_dice(dice, np.uint64(1), np.uint64(stream))
    first = [roll(one) for _ in range(20_000)]
    assert first == [roll(same) for _ in range(20_000)]
    assert first[:5] != [roll(other) for _ in range(5)]
    counts = np.histogram(first, bins=20, range=(0, 1))[0]
    assert abs(np.corrcoef(first[:-1], first[1:])[0, 1]) < 0.03
    assert counts.min() > 850 and counts.max() < 1150  # 1000 ± 31


def some_drives(days: int, *, seed: int = 1) -> list[Drive]:
    dice = random.Random(seed)
    drives = []
    for day in range(days):
        street = dice.gauss(0, 0.12)
        for route in range(6):
            way = dice.gauss(0, 0.06)
            legs = [600 * math.exp(0.1 + street + way + dice.gauss(0, 0.2)) for _ in range(6)]
            drives += [Drive(str(day), f"{day}.{route}", 600, leg) for leg in legs]
    return drives


def test_traffic_is_told_apart_into_day_route_and_leg() -> None:
    fit = fit_traffic([*some_drives(120), Drive("0", "0.0", 600, 6), Drive("0", "0.0", 600, 36_000), Drive("0", "0.0", 0, 600)])
    assert fit.level == pytest.approx(0.1, abs=0.05)
    assert fit.day == pytest.approx(0.12, abs=0.04)
    assert fit.route == pytest.approx(0.06, abs=0.04)
    assert fit.leg == pytest.approx(0.2, abs=0.03)
    assert fit.legs == 120 * 36


def test_few_legs_teach_nothing_yet() -> None:
    assert fit_traffic(some_drives(1)[:10]).legs == 0
    assert fit_traffic([]).day == USUAL_DAY


def test_traffic_comes_back_from_what_was_kept() -> None:
    fit = fit_traffic(some_drives(20))
    again = traffic_from(json.loads(json.dumps(fit.as_json())))
    assert (fit.level, fit.day, fit.route, fit.leg, fit.legs) == (again.level, again.day, again.route, again.leg, again.legs)
    assert np.array_equal(fit.shape, again.shape)


def test_slow_morning_is_expected_to_stay_slow_and_more_so_on_the_route_that_saw_it() -> None:
    fit = Traffic(0.1, 0.1, 0.1, 0.2, normal_shape())
    slow = [Drive("d", "mine", 600, 600 * math.exp(0.6))] * 4
    seen, unseen = today(fit, [*slow, Drive("d", "slip", 600, 1)])
    assert set(seen) == {"mine"}
    assert 0.1 < unseen[0] < seen["mine"][0] < 0.6
    assert seen["mine"][1] < unseen[1] < math.hypot(0.1, 0.1) + 1e-9


def test_before_the_first_leg_the_day_is_like_any_other() -> None:
    seen, unseen = today(unknown_traffic(), [])
    assert seen == {}
    assert unseen == (0.0, pytest.approx(math.hypot(USUAL_DAY, USUAL_ROUTE)))
