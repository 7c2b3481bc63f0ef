"""Who can do what job."""

from collections.abc import Iterable

PERMISSIONS = {
    "field.see": "See technicians, teams and shifts",
    "field.edit": "Add and change technicians, teams, shifts and vans",
}


def missing_skills(has: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """Answer the wanted skill codes the technician lacks, sorted."""
    return sorted(set(wanted) - set(has))


def first_name(name: str) -> str:
    """Answer what a customer may know of a technician's name."""
    return name.split()[0] if name.split() else ""
