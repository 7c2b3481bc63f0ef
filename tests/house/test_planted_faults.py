"""Every check finds the fault it is there for, and leaves a clean house alone."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.plant import build, planted
from tests.house.source import House
from tests.house.table import CHECKS

VIEWS, QUERIES, PAGE = "blisko/visits/views.py", "blisko/visits/queries.py", "blisko/visits/templates/visits/visit.html"
SERVICES, RULES, MODELS = "blisko/visits/services.py", "blisko/visits/rules.py", "blisko/visits/models.py"
POLISH = "blisko/visits/locale/pl/LC_MESSAGES/django.po"


@dataclass(frozen=True)
class Planted:
    """Text added to a file (or a new file), and the check that must tell of it there, once or more."""

    check: str
    path: str
    text: str
    told_at: str = ""
    instead: bool = False


PLANTED = [
    Planted("a file fits in the head", "blisko/visits/services/long.py", "x = 1\n" * 401),
    Planted("a file fits in the head", "blisko/ui/islands/long-list.ts", "let x = 1\n" * 401),
    Planted("a function fits on a screen", SERVICES, "def tell():\n" + "    x = 1\n" * 50),
    Planted("every app says what it is for", "blisko/visits/__init__.py", "x = 1", instead=True),
    Planted("there are no drawers for odds and ends", "blisko/visits/utils.py", "x = 1"),
    Planted("there are no drawers for odds and ends", "blisko/visits/services/common/times.py", "x = 1"),
    Planted("every service and query says what it is for", SERVICES, "def move_visit(): pass"),
    Planted("a service's name is unique in the house", "blisko/planning/services.py",
            'def finish_visit():\n    """Finish."""', told_at=SERVICES),
    Planted("imports stand at the top", SERVICES, "def _late():\n    import json"),
    Planted("only queries and services read", VIEWS, "x = Visit.objects"),
    Planted("only queries and services read", VIEWS, "x = visit.notes.filter(open=True)"),
    Planted("only queries and services read", VIEWS, "x = get_object_or_404(Visit, pk=1)"),
    Planted("only services write", VIEWS, "visit.save()"),
    Planted("only services write", QUERIES, "Visit.objects.filter(open=True).update(open=False)"),
    Planted("only services write", "blisko/visits/handlers.py", "visit.notes.create(words='x')"),
    Planted("only services write", "blisko/visits/jobs.py", "old.delete()"),
    Planted("sql is spoken in queries and services", VIEWS, "cursor.execute('SELECT 1')"),
    Planted("sql is spoken in queries and services", "blisko/visits/adapters/hints.py", "conn.execute('DELETE FROM hints')"),
    Planted("sql is spoken in queries and services", QUERIES, "SQL = 'DELETE FROM visits'\ncursor.execute(SQL)"),
    Planted("a state moves by its table", SERVICES, "visit.state = 'done'"),
    Planted("a state moves by its table", SERVICES, "setattr(visit, 'state', 'done')"),
    Planted("a state moves by its table", SERVICES, "Visit.objects.filter(pk=1).update(state='done')"),
    Planted("a rule knows no clock and no dice", RULES, "late = datetime.now()"),
    Planted("a rule knows no clock and no dice", RULES, "luck = random.random()"),
    Planted("the clock is the platform's", VIEWS, "x = timezone.now()"),
    Planted("the clock is the platform's", "blisko/visits/jobs.py", "x = datetime.date.today()"),
    Planted("the clock is the platform's", SERVICES, "x = clock.now()"),
    Planted("a change and its event are one transaction", SERVICES, "def move():\n    emit(VisitDone(1))"),
    Planted("every door is guarded", VIEWS, "@csrf_exempt\ndef hook(request): pass"),
    Planted("strangers' words are escaped", PAGE, "{{ note|safe }}"),
    Planted("strangers' words are escaped", PAGE, "{% autoescape off %}"),
    Planted("every changing form is guarded", PAGE, '<form method="post">\n<button></button></form>'),
    Planted("a test's name is a sentence", "blisko/visits/tests/test_rules.py", "def test_move(): pass"),
    Planted("our own code is never patched", "blisko/visits/tests/test_rules.py", "from unittest.mock import patch"),
    Planted("our own code is never patched", "tests/faults/test_gateway.py", "monkeypatch.setattr('blisko.visits.rules.LIFE', None)"),
    Planted("our own code is never patched", "tests/faults/test_gateway.py",
            "from blisko.visits import rules\nmonkeypatch.setattr(rules, 'LIFE', None)"),
    Planted("handlers and jobs live in their rooms", SERVICES, "@on(VisitDone)\ndef thank(event): pass"),
    Planted("handlers and jobs live in their rooms", SERVICES, "@queue.task(name='x')\ndef nightly(): pass"),
    Planted("only services tell events", VIEWS, "emit(VisitDone(1))"),
    Planted("types and foreign keys go down", QUERIES, "if TYPE_CHECKING:\n    from blisko.planning.models import Assignment"),
    Planted("types and foreign keys go down", QUERIES, "if TYPE_CHECKING:\n    from blisko.access.admin import KeyAdmin"),
    Planted("types and foreign keys go down", MODELS, "x = models.ForeignKey('planning.Route', models.CASCADE, related_name='+')"),
    Planted("types and foreign keys go down", MODELS, "x = models.ForeignKey('customers.Site', models.CASCADE)"),
    Planted("nobody reads for a person without the actor", VIEWS, "def look(request):\n    return queries.open_visits()"),
    Planted("nobody reads for a person without the actor", "blisko/visits/api.py",
            "from blisko.visits.queries import open_visits\nx = open_visits()"),
    Planted("nothing changes by looking at it", VIEWS, "def look(request):\n    services.finish_visit(1)"),
    Planted("nothing changes by looking at it", VIEWS, "def look(request):\n    _finish(request, 1)"),
    Planted("nothing changes by looking at it", VIEWS, "def look(request):\n    if services.finish_visit(1):\n        pass"),
    Planted("nothing changes by looking at it", VIEWS,
            "def look(request):\n    if request.method == 'POST' or request.GET:\n        services.finish_visit(1)"),
    Planted("nothing changes by looking at it", "blisko/visits/api.py",
            "from blisko.visits.services import finish_visit\n@api.get('/')\ndef look(request):\n    finish_visit(1)"),
    Planted("nothing inline on a page", PAGE, "<script>alert(1)</script>"),
    Planted("nothing inline on a page", PAGE, "<style>p {color: red}</style>"),
    Planted("nothing inline on a page", PAGE, '<p style="color: red">'),
    Planted("nothing inline on a page", PAGE, '<p class="a"\n   onclick="go()">'),
    Planted("nothing inline on a page", PAGE, '<a href="javascript:go()">'),
    Planted("nothing from strangers on a page", PAGE, '<script src="https://cdn.example/x.js"></script>'),
    Planted("nothing from strangers on a page", PAGE, '<img src="//cdn.example/x.png">'),
    Planted("nothing from strangers on a page", "blisko/ui/static/ui/page.css", "@import 'https://fonts.example/x.css';"),
    Planted("templates are shared through ui", PAGE, '{% include "planning/route.html" %}'),
    Planted("every word is in every language", POLISH, 'msgid "Moved"\nmsgstr ""'),
    Planted("every word is in every language", POLISH, '#, fuzzy\nmsgid "Moved"\nmsgstr "Przeniesione"'),
    Planted("every word is in every language", VIEWS, 'x = _("Never translated")'),
    Planted("every word is in every language", "blisko/visits/errors.py", "class Gone(WrongMoment):\n    words = 'Never translated'"),
    Planted("every word is in every language", PAGE, "{% translate 'Never translated' %}"),
    Planted("every word is in every language", VIEWS, 'x = ngettext("{n} visit", "{n} visits", n)'),
    Planted("every word is in every language", VIEWS, "raise TooLate('Never translated')"),
    Planted("every word is in every language", "config/menu.py", 'x = pgettext_lazy("menu", "Done")'),
    Planted("every word is in every language", PAGE, "{% blocktranslate with a=b %}Never {{ a }}{% endblocktranslate %}"),
    Planted("every word is in every language", PAGE, "{% blocktranslate count n=n %}Done{% plural %}All done{% endblocktranslate %}"),
    Planted("every word is in every language", POLISH,
            'msgid "{n} day"\nmsgid_plural "{n} days"\nmsgstr[0] "{n} dzień"\nmsgstr[1] "{n} dni"'),
    Planted("every word is in every language", POLISH, 'msgid "By {name}"\nmsgstr "Autor: {nazwa}"'),
    Planted("every word is in every language", POLISH, 'msgid "By %(name)s"\nmsgstr "Autor"'),
    Planted("every word is in every language", "blisko/ui/locale/pl/LC_MESSAGES/django.po",
            'msgid "Done"\nmsgstr "Zrobione"', told_at=POLISH),
    Planted("no word stands unmarked", PAGE, "<p>Never marked</p>"),
    Planted("no word stands unmarked", PAGE, "<button title='Never marked'></button>"),
    Planted("every dependency has its reason", "pyproject.toml", 'dependencies = [\n  "left-pad>=1",\n]', instead=True),
    Planted("drawings are the tables", "docs/states/visits-visit.md", "booked --> nowhere"),
    Planted("drawings are the tables", "docs/states/visits-gone.md", "no lifecycle"),
    Planted("drawings are the tables", RULES, "ORDER_LIFE = Life(State.BOOKED, {})", told_at="docs/states/visits-order.md"),
    Planted("every app and public room is a word", "docs/words.md", "| visit | an attempt |", instead=True),
    Planted("every app is on the map", "docs/map.md", "nothing", instead=True),
]  # fmt: skip


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("house")
    build(root)
    return root


@pytest.mark.parametrize("fault", PLANTED, ids=lambda fault: f"{fault.check}: {fault.text[:30]!r}")
def test_a_planted_fault_is_found(fault: Planted, clean: Path) -> None:
    with planted(clean, fault.path, fault.text, add=not fault.instead):
        told = {each.path for each in CHECKS[fault.check](House(clean))}
    assert told == {fault.told_at or fault.path}


@pytest.mark.parametrize("check", CHECKS)
def test_a_clean_house_is_left_alone(check: str, clean: Path) -> None:
    assert list(CHECKS[check](House(clean))) == []


def test_every_check_has_a_planted_fault() -> None:
    assert {fault.check for fault in PLANTED} == set(CHECKS)
