"""What is known of the plan."""

from blisko.planning.queries.assignments import assignment_of, assignments_of, plan_between, roads, way

__all__ = ["assignment_of", "assignments_of", "plan_between", "roads", "way"]
