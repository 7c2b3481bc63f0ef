"""Add and change technicians, their shifts, teams, vans, homes, zones and depots."""

from blisko.field.services.areas import drop_work_area, set_work_area
from blisko.field.services.booking import count_stock, count_van, return_parts, set_minimum, take_parts, use_parts
from blisko.field.services.ground import set_break_rules, set_depot, set_region, set_team, set_zone
from blisko.field.services.homes import forget_home, set_home
from blisko.field.services.shifts import add_shift, drop_shift, hand_over_hours, report_absent
from blisko.field.services.skills import add_skill
from blisko.field.services.stock import add_part, add_tool, set_van
from blisko.field.services.technicians import add_technician, change_technician, set_photo

__all__ = [
    "add_part",
    "add_shift",
    "add_skill",
    "add_technician",
    "add_tool",
    "change_technician",
    "count_stock",
    "count_van",
    "drop_shift",
    "drop_work_area",
    "forget_home",
    "hand_over_hours",
    "report_absent",
    "return_parts",
    "set_break_rules",
    "set_depot",
    "set_home",
    "set_minimum",
    "set_photo",
    "set_region",
    "set_team",
    "set_van",
    "set_work_area",
    "set_zone",
    "take_parts",
    "use_parts",
]
