"""Who is let in, and by whom."""

from datetime import UTC, datetime

import pytest

from blisko.access.errors import Forbidden
from blisko.access.models import AuditEntry
from blisko.access.queries import declared_permissions
from blisko.access.rules import NOBODY
from blisko.accounts.errors import EmailTaken
from blisko.accounts.models import Role, User
from blisko.accounts.queries import actor_for, people_who_may
from blisko.accounts.rules import FIRST_ROLES
from blisko.accounts.services import add_user
from blisko.accounts.tests.make import an_actor
from blisko.kit.phones import BadContact

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ADMIN = an_actor("admin")
pytestmark = pytest.mark.django_db


def add(email: str = "ewa@example.com", **more: object) -> User:
    return add_user(actor=ADMIN, now=NOW, email=email, name="Ewa", **more)  # type: ignore[arg-type]


def test_added_person_signs_in_with_the_roles_given_and_is_written_down() -> None:
    user = add(" Ewa@Example.COM", roles=["agent", "dispatcher", "nonsense"], password="a long secret", language="hu")
    assert (user.email, user.language, user.check_password("a long secret")) == ("ewa@example.com", "hu", True)
    assert actor_for(user).permissions == an_actor("agent").permissions | an_actor("dispatcher").permissions
    entry = AuditEntry.objects.get(verb="add_user", subject=f"user:{user.pk}")
    assert "a long secret" not in str(entry.detail)


def test_who_has_no_password_comes_in_by_single_sign_on_only() -> None:
    user = add()
    assert not user.has_usable_password()
    assert not user.check_password("")
    assert actor_for(user).permissions == frozenset()


def test_address_is_given_once_however_it_is_written() -> None:
    add()
    with pytest.raises(EmailTaken):
        add("EWA@example.com")
    assert User.objects.count() == 1


@pytest.mark.parametrize("email", ["", "ewa", "ewa@", "@example.com", "ewa@exa mple.com", "ewa@example.com\nBcc: all@example.com"])
def test_address_no_letter_reaches_is_refused(email: str) -> None:
    with pytest.raises(BadContact):
        add(email)
    assert not User.objects.exists()


@pytest.mark.parametrize("role", ["manager", "dispatcher", "agent", "technician", "customer"])
def test_nobody_but_an_admin_lets_people_in(role: str) -> None:
    for actor in (an_actor(role), NOBODY):
        with pytest.raises(Forbidden):
            add_user(actor=actor, now=NOW, email="ewa@example.com", name="Ewa")


def test_first_roles_give_only_what_some_app_declares_and_the_admin_everything() -> None:
    declared = set(declared_permissions())
    given = {role.code: set(role.permissions) for role in FIRST_ROLES}
    assert set().union(*given.values()) <= declared
    assert given["admin"] | given["technician"] == declared
    assert {role.code: set(role.permissions) for role in Role.objects.all()} == given
    assert all(set(role.names) == {"en", "pl", "hu"} for role in FIRST_ROLES)


def test_who_may_do_something_is_found_by_permission_once_each_and_only_while_they_may_sign_in() -> None:
    both = add("a@example.com", roles=["manager", "dispatcher"])
    one, gone = add("b@example.com", roles=["dispatcher"]), add("c@example.com", roles=["dispatcher"])
    add("d@example.com", roles=["agent"])
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert people_who_may("visits.run") == [both, one]
