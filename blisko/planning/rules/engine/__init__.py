"""The planner: compiled ruin and recreate over exact constant-time checks."""

from blisko.planning.rules.engine.solve import solve

__all__ = ["solve"]
