import pytest
from django.test import Client

from blisko.access.errors import Forbidden
from blisko.access.models import Key
from blisko.access.rules import SYSTEM, Actor, ActorKind
from blisko.access.services import issue_api_key
from blisko.kit import clock

pytestmark = pytest.mark.django_db
KEEPER = Actor(ActorKind.PERSON, "user:1", "Ann", frozenset({"access.manage_keys", "customers.see"}))


def test_stranger_is_asked_to_sign_in_and_nobody_ends_a_key_by_looking() -> None:
    key = issue_api_key("billing", ["customers.see"], actor=SYSTEM, now=clock.now())
    assert Client().get("/keys/").headers["Location"].startswith("/accounts/login/")
    assert Client().post(f"/keys/{key.pk}/revoke/").status_code == 302
    assert Key.objects.get(pk=key.pk).revoked_at is None


def test_nobody_gives_a_program_what_he_may_not_do_himself() -> None:
    assert issue_api_key("billing", ["customers.see"], actor=KEEPER, now=clock.now()).scopes == ["customers.see"]
    with pytest.raises(Forbidden):
        issue_api_key("billing", ["customers.edit"], actor=KEEPER, now=clock.now())
