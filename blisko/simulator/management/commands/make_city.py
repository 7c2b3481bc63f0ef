"""make_city: write the generated city for whoever wants its files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from blisko.simulator.services.city import write_city


class Command(BaseCommand):
    """Writes city.osm and city.mbtiles into a folder."""

    help = "Write the generated city of a seed as OpenStreetMap XML and as vector tiles."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        files = write_city(options["folder"], options["seed"])
        self.stdout.write(f"{files.osm}\n{files.mbtiles}")
