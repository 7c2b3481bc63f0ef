import pytest
from django.db import connection

from blisko.kit.failures import failed_count, try_again


@pytest.mark.django_db(transaction=True)
def test_failed_work_is_counted_and_can_be_tried_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (task_name, queue_name, status, args) VALUES ('kettle', 'events', 'failed', '{}') RETURNING id"
        )
        job_id = cursor.fetchone()[0]
    assert failed_count() == 1
    assert try_again([job_id, job_id + 1]) == 1
    assert failed_count() == 0
