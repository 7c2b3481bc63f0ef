"""Add and change technicians, their shifts, teams and vans."""

from blisko.field.services.shifts import add_shift, drop_shift
from blisko.field.services.skills import add_skill
from blisko.field.services.technicians import add_technician, change_technician, set_photo

__all__ = ["add_shift", "add_skill", "add_technician", "change_technician", "drop_shift", "set_photo"]
