"""Areas outside which no position is kept: read, held inside the earth, and inside and outside as PostgreSQL has it (F13)."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from blisko.access.errors import Forbidden
from blisko.access.rules import SYSTEM
from blisko.accounts.models import User
from blisko.accounts.services import add_user
from blisko.accounts.tests.make import an_actor
from blisko.field import queries
from blisko.field.errors import BadArea, NoSuchArea
from blisko.field.models import Home, WorkArea
from blisko.field.rules import Outline, is_inside, read_outline
from blisko.field.services import drop_work_area, set_work_area
from blisko.field.tests.make import a_technician
from blisko.kit import clock

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MANAGER, DISPATCHER = an_actor("manager"), an_actor("dispatcher")
SQUARE = [(19.0, 52.0), (19.5, 52.0), (19.5, 52.5), (19.0, 52.5)]


def geojson(corners: Outline) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(corner) for corner in [*corners, corners[0]]]]}


def test_polygon_and_feature_are_read_with_or_without_the_first_corner_again() -> None:
    shape = geojson(SQUARE)
    assert read_outline(shape) == SQUARE
    assert read_outline({"type": "Feature", "properties": {}, "geometry": shape}) == SQUARE
    assert read_outline({"type": "Polygon", "coordinates": [[[*corner, 100.0] for corner in SQUARE]]}) == SQUARE


@pytest.mark.parametrize(
    "shape",
    [
        None,
        {"type": "Feature"},
        {"type": "MultiPolygon", "coordinates": []},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": [[], []]},
        {"type": "Polygon", "coordinates": [7]},
        {"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]},
        {"type": "Polygon", "coordinates": [[[1, 2], [3, 4], "x"]]},
        {"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [5]]]},
        {"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [True, 5]]]},
        {"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [5, 91]]]},
        {"type": "Polygon", "coordinates": [[[179, 2], [-179, 4], [178, 5]]]},
        {"type": "Polygon", "coordinates": [[[0.01 * nr, 0.01 * nr**2 / 1000] for nr in range(2001)]]},
    ],
)
def test_anything_else_is_refused(shape: Any) -> None:
    with pytest.raises(BadArea):
        read_outline(shape)


@pytest.mark.django_db
@given(
    corners=st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=3, max_size=9),
    place=st.tuples(st.integers(-11, 11), st.integers(-11, 11)),
)
def test_inside_is_inside_for_postgresql_too(corners: list[tuple[int, int]], place: tuple[int, int]) -> None:
    """Any shape, crossing itself as well; places lie between the corners' grid, where no edge of it is touched by chance of rounding."""
    outline = [(float(lon), float(lat)) for lon, lat in corners]
    lon, lat = place[0] + 0.437, place[1] + 0.291
    with connection.cursor() as cursor:
        said = "(" + ",".join(f"({x},{y})" for x, y in outline) + ")"
        cursor.execute("SELECT %s::polygon @> point(%s, %s)", [said, lon, lat])
        assert cursor.fetchone() == (is_inside(lat, lon, outline),)


@pytest.mark.django_db
def test_area_is_kept_as_it_was_drawn_changed_and_taken_away() -> None:
    corners = [(19.123456789012345, 52.0), (19.5, 52.1), (19.3, 52.7)]
    set_work_area("north", name=" North ", shape=geojson(corners), region="mazovia", actor=MANAGER, now=NOW)
    [area] = queries.areas_for(DISPATCHER)
    assert (area.name, area.region and area.region.code, area.outline, str(area)) == ("North", "mazovia", corners, "North")
    set_work_area("north", name="All", shape=geojson(SQUARE), actor=MANAGER, now=NOW)
    [area] = queries.areas_for(DISPATCHER)
    assert (area.region, area.outline) == (None, SQUARE)
    for stranger in (DISPATCHER, an_actor("technician")):
        with pytest.raises(Forbidden):
            set_work_area("south", name="S", shape=geojson(SQUARE), actor=stranger, now=NOW)
        with pytest.raises(Forbidden):
            drop_work_area("north", actor=stranger, now=NOW)
    drop_work_area("north", actor=MANAGER, now=NOW)
    with pytest.raises(NoSuchArea):
        drop_work_area("north", actor=MANAGER, now=NOW)


@pytest.fixture
def administration(client: Client) -> Client:
    add_user(actor=SYSTEM, now=clock.now(), email="adam@example.com", name="Adam", roles=["admin"], password="a long enough secret")
    user = User.objects.get(email="adam@example.com")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.django_db
def test_administration_draws_areas_through_the_services(administration: Client) -> None:
    add = "/admin/field/workarea/add/"
    refused = administration.post(add, {"code": "north", "name": "North", "shape": "{}"})
    assert "GeoJSON polygon" in refused.content.decode() and not WorkArea.objects.exists()
    assert administration.post(add, {"code": "north", "name": "North", "shape": json.dumps(geojson(SQUARE))}).status_code == 302
    area = WorkArea.objects.get()
    change = f"/admin/field/workarea/{area.pk}/change/"
    assert "19.5" in administration.get(change).content.decode()
    moved = geojson([(1.0, 1.0), (2.0, 1.0), (2.0, 2.0)])
    assert administration.post(change, {"name": "South", "shape": json.dumps(moved)}).status_code == 302
    area.refresh_from_db()
    assert (area.code, area.name, area.outline) == ("north", "South", [(1.0, 1.0), (2.0, 1.0), (2.0, 2.0)])
    selected = {"action": "delete_selected", "_selected_action": [area.pk], "post": "yes"}
    assert administration.post("/admin/field/workarea/", selected).status_code == 302
    assert not WorkArea.objects.exists()


@pytest.mark.django_db
def test_home_in_the_administration_goes_through_the_services(administration: Client) -> None:
    one = a_technician(NOW, shift=False, skills=())
    path = f"/admin/field/technician/{one.pk}/change/"
    form: dict[str, Any] = {"code": one.code, "user": one.user_id, "name": one.name, "phone": "", "active": "on"}
    for prefix in ("levels", "shifts"):
        form |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    home = administration.get(path).context["inline_admin_formsets"][1].formset.prefix
    told = {f"{home}-TOTAL_FORMS": 1, f"{home}-INITIAL_FORMS": 0, f"{home}-0-technician": one.pk, f"{home}-0-lat": 52, f"{home}-0-lon": 21}
    assert administration.post(path, form | told).status_code == 302
    assert (Home.objects.get().lat, queries.home_for(MANAGER, one.pk) is not None) == (52.0, True)
    gone = told | {f"{home}-INITIAL_FORMS": 1, f"{home}-0-DELETE": "on"}
    assert administration.post(path, form | gone).status_code == 302
    assert not Home.objects.exists()
