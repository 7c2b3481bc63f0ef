import json

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from blisko.kit.push import CHANNEL, PAYLOAD_LIMIT, payloads, push


@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=20)), max_size=400))
def test_batches_fit_one_notify_and_lose_nothing(batch: list[tuple[str, str]]) -> None:
    out = payloads(batch)
    assert [tuple(one) for text in out for one in json.loads(text)] == list(dict.fromkeys(batch))
    assert all(len(text.encode()) <= PAYLOAD_LIMIT for text in out)


@pytest.mark.django_db(transaction=True)
def test_hint_arrives_after_commit_and_never_after_rollback() -> None:
    params = {k: v for k, v in connection.get_connection_params().items() if k in ("dbname", "user", "password", "host", "port") and v}
    with psycopg.connect(**params, autocommit=True) as ear:
        ear.execute(f"LISTEN {CHANNEL}")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            push("kettle:1")
            raise ZeroDivisionError
        with transaction.atomic():
            push("kettle:2")
        heard = [topic for note in ear.notifies(timeout=5, stop_after=1) for topic, _ in json.loads(note.payload)]
    assert heard == ["kettle:2"]
