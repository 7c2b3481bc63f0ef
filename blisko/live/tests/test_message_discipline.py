"""Messages about time are few, early, and agree with each other, on days whose traffic is worse than the model thinks (F3)."""

from blisko.live.tests.noisy_days import DEFAULT, discipline_of, told_days


def test_two_noisy_days_are_told_early_rarely_and_without_contradiction() -> None:
    seen = discipline_of(list(told_days(2)))
    assert seen.visits == 192 and seen.broken > 20
    assert seen.contradictions == 0 and seen.duplicates == 0
    assert DEFAULT < seen.messages < DEFAULT + 0.5 and seen.most <= DEFAULT + 3
    assert seen.in_time >= 0.9 * seen.broken and seen.minutes_before > 30
    assert seen.false_alarms <= 0.3 * seen.warned
