"""Tell Django where the simulator lives."""

from django.apps import AppConfig


class SimulatorConfig(AppConfig):
    """The highest floor: it knows the platform only by its public doors."""

    name = "blisko.simulator"
    label = "simulator"
