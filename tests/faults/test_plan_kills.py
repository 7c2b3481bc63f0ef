"""A planning run whose process is killed in the middle goes on from its best plan, ends, and its plan is valid (F6)."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection

from blisko.access.rules import SYSTEM
from blisko.kit import clock
from blisko.planning.models import Assignment, PlanRun
from blisko.planning.queries.problems import day_at, draft_of
from blisko.planning.rules.checker import faults
from blisko.planning.rules.lines import plan_from_json
from blisko.planning.services import start_plan_run
from blisko.planning.tests.make import a_visit_at, a_worker

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.django_db(transaction=True)]
WORK = """\
import django
django.setup()
from blisko.kit import clock
from blisko.planning.services import work_plan_run
work_plan_run({run}, now=clock.now())
"""


def a_worker_process(run_id: int) -> subprocess.Popen[bytes]:
    settings = connection.settings_dict
    url = f"postgresql://{settings['USER']}:{quote(settings['PASSWORD'])}@/{settings['NAME']}?host={settings['HOST']}"
    env = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.Popen([sys.executable, "-c", WORK.format(run=run_id)], env=env)


def test_killed_run_goes_on_from_its_best_plan_and_ends_with_a_valid_one() -> None:
    now = clock.now()
    tomorrow = now.replace(hour=6, minute=0, second=0, microsecond=0) + timedelta(days=1)
    for north in range(4):
        a_worker(tomorrow, north=north / 20)
    visits = [a_visit_at(tomorrow, north=n / 80, starts=1 + n % 6) for n in range(16)]
    run = start_plan_run(day_at(tomorrow), seconds=45, actor=SYSTEM, now=now, queued=False)
    first = a_worker_process(run.pk)
    try:
        until = time.monotonic() + 240
        while time.monotonic() < until and not PlanRun.objects.filter(pk=run.pk, best__isnull=False).exists():
            assert first.poll() is None, "it ended before it could be killed"
            time.sleep(0.2)
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait()
    killed = PlanRun.objects.get(pk=run.pk)
    assert (killed.state, killed.progress > 0) == ("running", True)
    assert not Assignment.objects.exists()
    draft = draft_of(day_at(tomorrow), "", now=now)
    kept = plan_from_json(killed.best)
    assert faults(draft.problem, kept) == []
    spent = killed.spent
    assert a_worker_process(run.pk).wait(300) == 0
    done = PlanRun.objects.select_related("version").get(pk=run.pk)
    assert (done.state, done.progress) == ("done", 100)
    assert done.spent > spent
    assert done.points is not None
    assert done.points <= kept.cost + 1e-6
    assert Assignment.objects.filter(released_at=None).count() + len(kept.left_out) >= len(visits)
