"""What an operator sets up before the first simulated day; `python -m config.first_data PASSWORD` prints the simulator's token."""

import contextlib
import os
import sys
from collections.abc import Sequence

import django

PEOPLE = (("admin@blisko.example", "Alicja Wrona", "admin"), ("dispatcher@blisko.example", "Daria Lis", "dispatcher"))
PROGRAM = "simulator"


def prepare(password: str) -> str:
    """Add people, skills and job types that are not there yet; answer a new API token for the simulator."""
    from django.db import transaction

    from blisko.access.queries import declared_permissions
    from blisko.access.rules import SYSTEM
    from blisko.access.services import issue_api_key, reveal_token
    from blisko.accounts.errors import EmailTaken
    from blisko.accounts.services import add_user
    from blisko.field.models import Skill
    from blisko.kit import clock
    from blisko.simulator.rules import jobs
    from blisko.visits.models import JobType

    now = clock.now()
    with transaction.atomic():
        for email, name, role in PEOPLE:
            with contextlib.suppress(EmailTaken):
                add_user(actor=SYSTEM, now=now, email=email, name=name, roles=[role], password=password)
        for code, names in jobs.SKILLS.items():
            Skill.objects.get_or_create(code=code, defaults={"names": names})
        for job in jobs.JOBS:
            kit = [{"part": part, "count": count} for part, count in job.kit]
            wanted = {"names": job.names, "minutes": job.minutes, "skills": list(job.skills), "kit": kit, "checklist": list(job.checklist)}
            JobType.objects.get_or_create(code=job.code, defaults=wanted)
        key = issue_api_key(PROGRAM, tuple(declared_permissions()), actor=SYSTEM, now=now)
        return reveal_token(key.pk)


def main(args: Sequence[str]) -> int:
    """Prepare the platform that the environment names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.stdout.write(prepare(*args) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
