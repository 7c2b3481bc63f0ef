import pytest
from hypothesis import given
from hypothesis import strategies as st

from blisko.field.rules import first_name, lacking_skills

levels = st.dictionaries(st.sampled_from(["fibre", "copper", "tv", "roof"]), st.integers(1, 3))


@given(levels, levels)
def test_lacking_skills_are_those_wanted_and_not_there_or_too_low_in_order(has: dict[str, int], wanted: dict[str, int]) -> None:
    lacking = lacking_skills(has, wanted)
    assert lacking == sorted(set(lacking))
    assert all(code not in has or has[code] < wanted[code] for code in lacking)
    assert all(has[code] >= wanted[code] for code in wanted.keys() - set(lacking))


@pytest.mark.parametrize(
    ("name", "first"), [("Jan Kowalski", "Jan"), ("  Jan  ", "Jan"), ("Szűcs", "Szűcs"), ("", ""), ("   ", ""), ("Anna\tMaria", "Anna")]
)
def test_customer_learns_the_first_name_only(name: str, first: str) -> None:
    assert first_name(name) == first
