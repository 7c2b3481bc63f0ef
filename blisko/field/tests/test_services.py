"""Technicians, their shifts and skills: every way to add, change and be refused."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection

from blisko.access.errors import Forbidden
from blisko.access.models import AuditEntry
from blisko.access.rules import NOBODY, SYSTEM
from blisko.accounts.errors import EmailTaken
from blisko.accounts.models import User
from blisko.accounts.tests.make import an_actor
from blisko.field import queries, services
from blisko.field.errors import BadShift, CodeTaken, NoSuchTechnician, ShiftsOverlap, VanTaken
from blisko.field.models import Shift, Skill, Team, Technician, Van
from blisko.field.tests.make import a_technician, actor_of
from blisko.kit.phones import BadContact
from blisko.kit.tests.at_once import AtOnce

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MANAGER, DISPATCHER = an_actor("manager"), an_actor("dispatcher")
pytestmark = pytest.mark.django_db


def add(code: str = "T-1", *, email: str = "jan@example.com", phone: str = "", team: str = "", van: str = "") -> Technician:
    return services.add_technician(
        actor=MANAGER, now=NOW, code=code, name=" Jan Nowak ", email=email, phone=phone, team=team, van=van, skills=["fibre", "tv"]
    )


def test_new_technician_has_an_account_skills_team_and_van() -> None:
    one = add(" T-1 ", email=" Jan@Example.com ", phone="602 300 400", team="north", van="EL 12345")
    assert (one.code, one.name, one.phone) == ("T-1", "Jan Nowak", "+48602300400")
    assert (one.user.email, [role.code for role in one.user.roles.all()]) == ("jan@example.com", ["technician"])
    assert set(queries.levels_of(one.pk)) == {"fibre", "tv"}
    assert (one.team, one.van) == (Team.objects.get(code="north"), Van.objects.get(plate="EL 12345"))
    assert AuditEntry.objects.filter(verb="add_technician", subject=f"technician:{one.pk}", actor=MANAGER.id).exists()
    other = add("T-2", email="ewa@example.com", team="north")
    assert (other.phone, other.team, other.van) == ("", one.team, None)


def test_refused_technician_leaves_no_account_behind() -> None:
    add(van="EL 12345")
    before = User.objects.count()
    with pytest.raises(CodeTaken):
        add("T-1", email="ewa@example.com")
    with pytest.raises(VanTaken):
        add("T-2", email="ewa@example.com", van="EL 12345")
    with pytest.raises(EmailTaken):
        add("T-2", email="JAN@example.com")
    for phone, email in (("none", "ewa@example.com"), ("", "ewa"), ("", "")):
        with pytest.raises(BadContact):
            add("T-2", email=email, phone=phone)
    assert (User.objects.count(), Technician.objects.count()) == (before, 1)


def test_only_who_edits_the_field_changes_it() -> None:
    one = a_technician(NOW)
    shift = Shift.objects.get(technician=one)
    for actor in (DISPATCHER, actor_of(one), NOBODY):
        with pytest.raises(Forbidden):
            services.add_technician(actor=actor, now=NOW, code="T-9", name="X", email="x@example.com")
        with pytest.raises(Forbidden):
            services.change_technician(one.pk, actor=actor, now=NOW, name="X")
        with pytest.raises(Forbidden):
            services.add_shift(one.pk, starts_at=NOW, ends_at=NOW + HOUR, actor=actor, now=NOW)
        with pytest.raises(Forbidden):
            services.drop_shift(shift.pk, actor=actor, now=NOW)
        with pytest.raises(Forbidden):
            services.add_skill("roof", {"en": "Roofs"}, actor=actor, now=NOW)
    with pytest.raises(NoSuchTechnician):
        queries.technician_for(NOBODY, one.pk)


def test_changed_technician_keeps_skills_unless_others_are_given() -> None:
    one = a_technician(NOW, skills=("fibre",))
    services.change_technician(one.pk, actor=MANAGER, now=NOW, name=" Jan Nowak ", phone="602 300 401")
    changed = queries.technician_for(MANAGER, one.pk)
    assert (changed.name, changed.phone, changed.active, set(queries.levels_of(one.pk))) == ("Jan Nowak", "+48602300401", True, {"fibre"})
    services.change_technician(one.pk, actor=MANAGER, now=NOW, name="Jan Nowak", skills=["tv", "tv"], active=False)
    changed.refresh_from_db()
    assert (changed.phone, changed.active, set(queries.levels_of(one.pk))) == ("", False, {"tv"})
    assert list(queries.technicians_for(MANAGER)) == []
    with pytest.raises(BadContact):
        services.change_technician(one.pk, actor=MANAGER, now=NOW, name="X", phone="none")
    with pytest.raises(NoSuchTechnician):
        services.change_technician(0, actor=MANAGER, now=NOW, name="X")


@pytest.mark.parametrize(("hours", "good"), [(8, True), (24, True), (24.01, False), (0, False), (-1, False)])
def test_shift_goes_forward_and_lasts_a_day_at_most(hours: float, good: bool) -> None:
    one = a_technician(NOW, shift=False)
    if good:
        services.add_shift(one.pk, starts_at=NOW, ends_at=NOW + hours * HOUR, actor=MANAGER, now=NOW)
    else:
        with pytest.raises(BadShift):
            services.add_shift(one.pk, starts_at=NOW, ends_at=NOW + hours * HOUR, actor=MANAGER, now=NOW)
    assert Shift.objects.count() == good


def test_shift_given_again_moves_its_end_and_dropped_twice_is_gone_once() -> None:
    one = a_technician(NOW, shift=False)
    for hours in (8, 6):
        shift = services.add_shift(one.pk, starts_at=NOW, ends_at=NOW + hours * HOUR, actor=MANAGER, now=NOW)
    assert [kept.ends_at for kept in queries.shifts_of(MANAGER, one.pk, NOW, NOW + HOUR)] == [NOW + 6 * HOUR]
    for _ in range(2):
        services.drop_shift(shift.pk, actor=MANAGER, now=NOW)
    assert not Shift.objects.exists()
    assert AuditEntry.objects.filter(verb="drop_shift", subject=f"technician:{one.pk}").count() == 1
    with pytest.raises(NoSuchTechnician):
        services.add_shift(0, starts_at=NOW, ends_at=NOW + HOUR, actor=MANAGER, now=NOW)


def test_skill_that_is_there_stays_as_an_admin_left_it() -> None:
    for words in ("Roofs", "Something else"):
        services.add_skill("roof", {"en": words}, actor=MANAGER, now=NOW)
    assert Skill.objects.get(code="roof").names == {"en": "Roofs"}
    assert AuditEntry.objects.filter(verb="add_skill").count() == 1


def test_code_two_managers_give_at_once_is_given_once(at_once: AtOnce) -> None:
    said = at_once(*(lambda n=n: add("T-1", email=f"{n}@example.com") for n in ("a", "b")))
    assert sorted(type(one).__name__ for one in said) == ["CodeTaken", "Technician"]
    assert User.objects.filter(email__in=["a@example.com", "b@example.com"]).count() == 1


def test_nobody_works_twice_at_a_time() -> None:
    one, other = a_technician(NOW, shift=False), a_technician(NOW, shift=False)
    add = services.add_shift
    first = add(one.pk, starts_at=NOW, ends_at=NOW + 4 * HOUR, actor=MANAGER, now=NOW)
    for starts, ends in ((-1, 1), (1, 2), (3, 5), (-1, 6)):
        with pytest.raises(ShiftsOverlap) as refused:
            add(one.pk, starts_at=NOW + starts * HOUR, ends_at=NOW + ends * HOUR, actor=MANAGER, now=NOW)
        assert refused.value.details["id"] == first.pk
    add(other.pk, starts_at=NOW - HOUR, ends_at=NOW + HOUR, actor=MANAGER, now=NOW)
    add(one.pk, starts_at=NOW + 4 * HOUR, ends_at=NOW + 6 * HOUR, actor=MANAGER, now=NOW)  # one begins where the other ends
    with pytest.raises(ShiftsOverlap):  # nor by moving an end
        add(one.pk, starts_at=NOW, ends_at=NOW + 5 * HOUR, actor=MANAGER, now=NOW)
    with pytest.raises(IntegrityError, match="nobody_works_twice"):
        Shift.objects.create(technician=one, starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR)


def test_shifts_that_overlapped_before_this_was_refused_are_joined() -> None:
    one, other = a_technician(NOW, shift=False), a_technician(NOW, shift=False)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE field_shift DROP CONSTRAINT nobody_works_twice_at_a_time")
    for whose, starts, ends in ((one, 0, 4), (one, 1, 2), (one, 3, 6), (one, 6, 7), (other, 5, 6)):
        Shift.objects.create(technician=whose, starts_at=NOW + starts * HOUR, ends_at=NOW + ends * HOUR)
    import_module("blisko.field.migrations.0005_nobody_works_twice").join(apps, None)
    left = [(one.technician_id, one.starts_at - NOW, one.ends_at - NOW) for one in Shift.objects.order_by("technician_id", "starts_at")]
    assert left == [(one.pk, 0 * HOUR, 6 * HOUR), (one.pk, 6 * HOUR, 7 * HOUR), (other.pk, 5 * HOUR, 6 * HOUR)]


def test_shifts_given_at_once_that_overlap_end_as_one(at_once: AtOnce) -> None:
    one = a_technician(NOW, shift=False)
    hours = [NOW + nr * HOUR / 4 for nr in range(3)]
    said = at_once(*(lambda at=at: services.add_shift(one.pk, starts_at=at, ends_at=at + HOUR, actor=SYSTEM, now=NOW) for at in hours))
    assert sorted(type(each).__name__ for each in said) == ["Shift", "ShiftsOverlap", "ShiftsOverlap"]


def test_shift_given_twice_at_once_is_one_shift(at_once: AtOnce) -> None:
    one = a_technician(NOW, shift=False)
    said = at_once(*[lambda: services.add_shift(one.pk, starts_at=NOW, ends_at=NOW + HOUR, actor=SYSTEM, now=NOW)] * 3)
    assert [type(each).__name__ for each in said] == ["Shift"] * 3
    assert Shift.objects.count() == 1


def test_skills_are_told_to_staff_and_technicians_and_to_nobody_else() -> None:
    one = a_technician(NOW)
    for actor in (SYSTEM, actor_of(one)):
        assert [skill.code for skill in queries.skills_for(actor)] == ["fibre"]
    with pytest.raises(NoSuchTechnician):
        queries.skills_for(an_actor("agent"))
