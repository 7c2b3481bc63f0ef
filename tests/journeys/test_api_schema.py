"""The OpenAPI document holds: whatever is sent, the answer is one that was declared, and never a fault of ours."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from blisko.access.queries import declared_permissions
from blisko.access.rules import SYSTEM
from blisko.access.services import issue_api_key, reveal_token
from blisko.customers.tests.make import a_site
from blisko.field.tests.make import a_technician
from blisko.kit import clock
from blisko.visits.tests.make import a_visit
from config.wsgi import application

EXAMPLES = int(os.environ.get("BLISKO_API_EXAMPLES", "30"))  # of each operation and mode
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance, content_type_conformance]
SCHEMA = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
OPERATIONS = {operation.ok().label: operation.ok() for operation in SCHEMA.get_all_operations()}
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def known(settings: Any) -> Iterator[dict[str, int]]:
    """Things that are there, so that operations are met beyond their 404."""
    settings.BLISKO_API_RATE = 10**9
    # A request would take the test's own connection for an abandoned one; Django's test client does the same.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    now = clock.now()
    site, technician = a_site(now), a_technician(now)
    visit = a_visit(now, starts_in=timedelta(hours=3))
    yield {
        "site_id": site.pk,
        "customer_id": site.customer_id,
        "technician_id": technician.pk,
        "visit_id": visit.pk,
        "shift_id": technician.shifts.first().pk,
    }
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
@pytest.mark.parametrize("label", OPERATIONS)
def test_every_answer_is_a_declared_one(label: str, mode: GenerationMode, known: dict[str, int]) -> None:
    operation = OPERATIONS[label]
    key = issue_api_key("schemathesis", tuple(declared_permissions()), actor=SYSTEM, now=clock.now())
    headers = {"Authorization": f"Bearer {reveal_token(key.pk)}", "Accept-Encoding": "identity"}  # this client unpacks nothing

    @seed(2026)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans())
    def ask(case: Any, real: bool) -> None:
        if real:
            for place in (case.path_parameters, case.body):
                if isinstance(place, dict):
                    place.update({name: known[name] for name in place if name in known})
        case.call_and_validate(headers=headers, checks=CHECKS)

    ask()
