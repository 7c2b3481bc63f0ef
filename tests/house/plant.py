"""A tiny clean house to plant faults in: the real floors and contracts, one small app with a line in every room."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.contracts import floors, public_rooms

REAL = Path(__file__).resolve().parents[2]
PLURALS = 'msgid ""\nmsgstr "Language: {}\\nPlural-Forms: nplurals={}; plural=(n != 1);\\n"\n\n'
DAYS = '\nmsgid "%(n)s day"\nmsgid_plural "%(n)s days"\n'

VISITS = {
    "errors.py": """
        from blisko.kit.errors import WrongMoment

        class TooLate(WrongMoment):
            words = "Done"
        """,
    "rules.py": """
        from enum import StrEnum

        from blisko.kit.life import Life

        class State(StrEnum):
            BOOKED = "booked"
            DONE = "done"

        VISIT_LIFE = Life(State.BOOKED, {(State.BOOKED, "finish"): State.DONE})
        """,
    "events.py": """
        from dataclasses import dataclass

        from blisko.kit.events import Event

        @dataclass(frozen=True)
        class VisitDone(Event):
            visit_id: int
        """,
    "models.py": """
        from django.db import models

        class Visit(models.Model):
            site = models.ForeignKey("customers.Site", models.PROTECT, related_name="+")
        """,
    "queries.py": """
        from typing import TYPE_CHECKING

        from blisko.visits.models import Visit
        if TYPE_CHECKING:
            from blisko.access.models import Key

        def visit_for(actor, visit_id):
            \"\"\"Answer one visit.\"\"\"
            return Visit.objects.get(pk=visit_id)

        def open_visits():
            \"\"\"Answer what jobs look through.\"\"\"
            return Visit.objects.filter(open=True)
        """,
    "services.py": """
        from django.db import transaction

        from blisko.access.services import give_key
        from blisko.kit.events import emit
        from blisko.kit.steps import take_step
        from blisko.visits import queries
        from blisko.visits.events import VisitDone

        @transaction.atomic
        def finish_visit(visit_id, *, actor, now):
            \"\"\"Say that the work is done.\"\"\"
            visit = queries.visit_for(actor, visit_id)
            take_step(visit, "finish", by=actor, now=now)
            visit.save(update_fields=["note"])
            emit(VisitDone(visit_id))
        """,
    "forms.py": """
        from django import forms

        class NoteForm(forms.Form):
            note = forms.CharField()
        """,
    "views.py": """
        from django.utils.translation import gettext as _
        from django.views.decorators.http import require_POST

        from blisko.visits import queries, services
        from blisko.visits.forms import NoteForm

        def visit_page(request, visit_id):
            return queries.visit_for(request.actor, visit_id), _("Done")

        @require_POST
        def finish(request, visit_id):
            return _finish(request, visit_id)

        def note(request, visit_id):
            form = NoteForm(request.POST or None)
            if request.method == "POST" and form.is_valid():
                services.finish_visit(visit_id, actor=request.actor, now=request.now)
            return form

        def _finish(request, visit_id):
            services.finish_visit(visit_id, actor=request.actor, now=request.now)
        """,
    "handlers.py": """
        from blisko.kit.events import on
        from blisko.visits.events import VisitDone

        @on(VisitDone)
        def thank(event):
            pass
        """,
    "jobs.py": """
        from blisko.visits.queries import open_visits

        def look_through():
            return open_visits()
        """,
    "urls.py": "from blisko.visits import views\n",
    "apps.py": """
        class VisitsConfig:
            def ready(self):
                import blisko.visits.handlers
        """,
    "templatetags/visits.py": """
        from django import template

        register = template.Library()

        @register.filter()
        def soft(words):
            return words
        """,
    "tests/__init__.py": "",
    "tests/test_services.py": "from blisko.visits.models import Visit\n\ndef test_a_visit_ends_when_it_is_done(): pass\n",
    "templates/visits/visit.html": """
        {% extends "ui/page.html" %}{# <script>not here</script> #}
        <a href="?only=late"{% if only == "late" %} aria-current="page"{% endif %}>x</a>
        {% blocktranslate count n=n %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}
        <form method="post">{% csrf_token %}</form><form method="get"></form>
        <p>{% translate "Done" %}</p><script src="{% static 'x.js' %}" defer></script>
        <svg xmlns="http://www.w3.org/2000/svg"></svg><script type="application/json">{}</script>
        """,
    "locale/pl/LC_MESSAGES/django.po": PLURALS.format("pl", 3)
    + 'msgid "Done"\nmsgstr "Gotowe"\n'
    + DAYS
    + 'msgstr[0] "%(n)s dzień"\nmsgstr[1] "%(n)s dni"\nmsgstr[2] "%(n)s dni"\n\n',
    "locale/hu/LC_MESSAGES/django.po": PLURALS.format("hu", 2)
    + 'msgid "Done"\nmsgstr "Kész"\n'
    + DAYS
    + 'msgstr[0] "%(n)s nap"\nmsgstr[1] "%(n)s nap"\n\n',
}

ELSEWHERE = {
    "blisko/__init__.py": '"""A house."""\n',
    "blisko/access/models.py": "class Key: pass\n",
    "blisko/access/services.py": 'def give_key():\n    """Give a key."""\n',
    "blisko/kit/errors.py": "class Refusal(Exception): pass\nclass WrongMoment(Refusal): pass\n",
    "blisko/kit/life.py": "from blisko.kit.errors import WrongMoment\n",
    "blisko/kit/events.py": "import django\n",
    "blisko/kit/steps.py": "",
    "config/__init__.py": "",
    "config/urls.py": "from blisko.visits import urls\n",
    "pyproject.toml": 'dependencies = [\n  "django>=5",  # pages\n]\n',
    "docs/states/visits-visit.md": """
        # visits: visit

        Drawn from `blisko/visits/rules` by `python -m tools.draw_states`; do not edit.

        ```mermaid
        stateDiagram-v2
            [*] --> booked
            booked --> done: finish
            done --> [*]
        ```
        """,
}


def build(root: Path) -> None:
    """Build the clean house at `root`."""
    apps = [app for row in floors(REAL) for app in row]
    files = {f"blisko/{app}/__init__.py": f'"""What {app} is for."""\n' for app in apps}
    files |= {f"blisko/visits/{name}": text for name, text in VISITS.items()} | ELSEWHERE
    files["docs/map.md"] = " ".join(apps)
    files["docs/words.md"] = "".join(f"| {word} | a word |\n" for word in (*apps, *public_rooms(REAL)[0]))
    for path, text in files.items():
        write(root, path, text)
    shutil.copy(REAL / ".importlinter", root / ".importlinter")


@contextmanager
def planted(root: Path, path: str, text: str, *, add: bool = True) -> Iterator[None]:
    """Plant a fault in a shared tree and take it out again."""
    file = root / path
    before = file.read_bytes() if file.exists() else None
    write(root, path, text, add=add)
    yield
    if before is None:
        file.unlink()
        if not any(file.parent.iterdir()):
            file.parent.rmdir()
    else:
        file.write_bytes(before)


def write(root: Path, path: str, text: str, *, add: bool = False) -> None:
    """Write one file, its text taken out of the margin; with `add`, below what is there."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = text.strip("\n").split("\n")
    margin = len(lines[0]) - len(lines[0].lstrip())
    words = "\n".join(line[margin:] for line in lines).rstrip() + "\n" if text.strip() else ""
    file.write_text((file.read_text() if add and file.exists() else "") + words, encoding="utf-8")
