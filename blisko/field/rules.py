"""Who can do what job."""

from collections.abc import Mapping

PERMISSIONS = {
    "field.see": "See technicians, teams and shifts",
    "field.edit": "Add and change technicians, teams, shifts and vans",
}


def lacking_skills(has: Mapping[str, int], wanted: Mapping[str, int]) -> list[str]:
    """Answer the skill codes the technician lacks, or has below the least level, sorted."""
    return sorted(code for code, least in wanted.items() if has.get(code, 0) < least)


def first_name(name: str) -> str:
    """Answer what a customer may know of a technician's name."""
    return name.split()[0] if name.split() else ""
