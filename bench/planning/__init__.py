"""The planner against today's solvers, on the same instances, in the same time, on one core each: `make bench-planning`."""
