"""The table of checks: one line per rule of the house, and the few places that may break one, each with its reason."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatch

from tests.house import doors, lines, pages, papers, sizes, stories
from tests.house.source import Fault, House

CHECKS: dict[str, Callable[[House], Iterable[Fault]]] = {
    "a file fits in the head": sizes.long_files,
    "a function fits on a screen": sizes.long_functions,
    "every app says what it is for": sizes.apps_without_words,
    "there are no drawers for odds and ends": sizes.no_rooms,
    "every service and query says what it is for": sizes.services_without_words,
    "a service's name is unique in the house": sizes.twin_names,
    "imports stand at the top": lines.imports_in_functions,
    "only queries and services read": lines.reads_elsewhere,
    "only services write": lines.writes_elsewhere,
    "sql is spoken in queries and services": lines.sql_elsewhere,
    "a state moves by its table": lines.states_assigned,
    "a rule knows no clock and no dice": lines.worldly_rules,
    "the clock is the platform's": lines.other_clocks,
    "a change and its event are one transaction": lines.untold_changes,
    "every door is guarded": lines.doors_without_guard,
    "handlers and jobs live in their rooms": lines.listeners_elsewhere,
    "only services tell events": lines.tellers_elsewhere,
    "types and foreign keys go down": lines.hidden_climbs,
    "nobody reads for a person without the actor": doors.readers_without_actor,
    "nothing changes by looking at it": doors.changes_by_looking,
    "nothing inline on a page": pages.inline_code,
    "nothing from strangers on a page": pages.strangers_on_the_page,
    "strangers' words are escaped": pages.raw_words,
    "every changing form is guarded": pages.forms_without_guard,
    "templates are shared through ui": pages.borrowed_templates,
    "every word is in every language": pages.words_not_translated,
    "no word stands unmarked": pages.words_unmarked,
    "a test's name is a sentence": stories.tests_without_sentence,
    "our own code is never patched": stories.patched_code,
    "every dependency has its reason": papers.dependencies_without_reason,
    "drawings are the tables": papers.drawings_that_lie,
    "every app and public room is a word": papers.words_without_meaning,
    "every app is on the map": papers.apps_off_the_map,
}


@dataclass(frozen=True)
class Exemption:
    """Files (a pattern) that may break one check, and why. One that excuses nothing any more is a fault itself."""

    check: str
    files: str
    reason: str

    def covers(self, check: str, fault: Fault) -> bool:
        return check == self.check and fnmatch(fault.path, self.files)


EXEMPTIONS: tuple[Exemption, ...] = (
    Exemption(
        "only services write", "blisko/accounts/models.py", "Django's user manager promises `create_user`, and allauth calls it there."
    ),
    Exemption("sql is spoken in queries and services", "blisko/ui/tiles.py", "The map file is SQLite of its own, opened read-only."),
    Exemption("every door is guarded", "blisko/messaging/api.py", "A gateway has no session to be abused: its token is its whole right."),
    Exemption(
        "every door is guarded", "blisko/live/views/link*.py", "The link is the right, no cookie is; `own_form` turns other sites away."
    ),
    Exemption(
        "every changing form is guarded", "blisko/live/templates/live/link/*.html", "As above: they work where cookies are blocked, too."
    ),
    Exemption("sql is spoken in queries and services", "blisko/live/queries/memory.py", "Its SELECT stands in positions.py."),
    Exemption("no word stands unmarked", "blisko/ui/templates/ui/guide.html", "The style guide is read by us, in DEBUG only."),
    Exemption("nothing inline on a page", "blisko/messaging/templates/messaging/mail.html", "A letter: mail programs know no style sheet."),
)


def faults(house: House, check: str) -> list[Fault]:
    """Answer what breaks the rule and is not excused, in the order of the files."""
    found = sorted(set(CHECKS[check](house)))
    return [fault for fault in found if not any(exemption.covers(check, fault) for exemption in EXEMPTIONS)]
