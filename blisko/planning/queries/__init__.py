"""What is known of the plan."""

from blisko.planning.queries.assignments import assignment_of, assignments_of, plan_between, roads, way
from blisko.planning.queries.versions import plan_difference, plan_versions, route_stops
from blisko.planning.queries.what_if import compare_presets, consequences, one_more, repairs_for, swap_consequences
from blisko.planning.queries.wishes import told_for, wishes_for

__all__ = [
    "assignment_of",
    "assignments_of",
    "compare_presets",
    "consequences",
    "one_more",
    "plan_between",
    "plan_difference",
    "plan_versions",
    "repairs_for",
    "roads",
    "route_stops",
    "swap_consequences",
    "told_for",
    "way",
    "wishes_for",
]
