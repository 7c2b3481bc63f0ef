"""Tables of the plan, of what customers choose from it, and of what technicians hand to each other."""

from blisko.planning.models.choices import SavedTrip, SlotHold, Waiting
from blisko.planning.models.plan import (
    Assignment,
    DurationFit,
    Pace,
    Pin,
    PlanDay,
    PlanningRules,
    PlanRun,
    PlanTrial,
    PlanVersion,
    Proposal,
    RiskAlert,
    RoadSource,
    RouteStop,
    StartForecast,
    Told,
    TravelTime,
    Wish,
)
from blisko.planning.models.swaps import SickLeave, SwapAsked, SwapOffer

__all__ = [
    "Assignment",
    "DurationFit",
    "Pace",
    "Pin",
    "PlanDay",
    "PlanRun",
    "PlanTrial",
    "PlanVersion",
    "PlanningRules",
    "Proposal",
    "RiskAlert",
    "RoadSource",
    "RouteStop",
    "SavedTrip",
    "SickLeave",
    "SlotHold",
    "StartForecast",
    "SwapAsked",
    "SwapOffer",
    "Told",
    "TravelTime",
    "Waiting",
    "Wish",
]
