"""Give visits to technicians and take them back."""

from blisko.planning.services.assigning import assign_visit, end_slot, free_slot, unassign_visit

__all__ = ["assign_visit", "end_slot", "free_slot", "unassign_visit"]
