"""Who can go, with what and where, for programs."""

from blisko.field.api.ground import router as ground
from blisko.field.api.stock import router as stock
from blisko.field.api.technicians import router as technicians

__all__ = ["ground", "stock", "technicians"]
