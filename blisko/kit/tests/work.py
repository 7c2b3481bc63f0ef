"""Do in a test what the worker would do: every waiting job, in order, on the test's own connection."""

import json

from django.db import connection
from procrastinate.contrib.django import app as queue


def do_jobs(*, at_most: int = 200) -> list[str]:
    """Run the waiting jobs until none is left; answer their names. A job that raises fails the test."""
    done: list[str] = []
    while len(done) < at_most:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, task_name, args FROM procrastinate_jobs"
                " WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())"
                " ORDER BY id LIMIT 1"
            )
            row = cursor.fetchone()
            if row is None:
                return done
            job_id, name, args = row
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job_id])
        queue.tasks[name].func(**(args if isinstance(args, dict) else json.loads(args)))
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job_id])
        done.append(name)
    raise AssertionError(f"more than {at_most} jobs: {done[-5:]}")
