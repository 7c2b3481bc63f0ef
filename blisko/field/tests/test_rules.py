import pytest
from hypothesis import given
from hypothesis import strategies as st

from blisko.field.rules import first_name, missing_skills

skills = st.sets(st.sampled_from(["fibre", "copper", "tv", "roof"]))


@given(skills, skills)
def test_missing_skills_are_those_wanted_and_not_there_each_once_in_order(has: set[str], wanted: set[str]) -> None:
    missing = missing_skills([*has, *has], [*wanted, *wanted])
    assert missing == sorted(missing)
    assert len(missing) == len(set(missing))
    assert set(missing) | (has & wanted) == wanted
    assert not set(missing) & has


@pytest.mark.parametrize(
    ("name", "first"), [("Jan Kowalski", "Jan"), ("  Jan  ", "Jan"), ("Szűcs", "Szűcs"), ("", ""), ("   ", ""), ("Anna\tMaria", "Anna")]
)
def test_customer_learns_the_first_name_only(name: str, first: str) -> None:
    assert first_name(name) == first
