"""Decisions of planning, from values alone: what a plan is, what it costs, where a visit fits, how long a way takes."""

PERMISSIONS = {"planning.assign": "Assign visits to technicians", "planning.rules": "Change how plans are made"}
