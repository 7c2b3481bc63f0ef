"""What the technician's pages are made of: brought before any of them is kept on a telephone."""

ISLANDS = ("live/work-queue", "live/report-here", "live/ring-up", "live/sign-here", "live/part-count", "ui/theme-switch", "ui/technician")
APP = ("blisko/ui/islands/blisko.css", *(f"blisko/{app}/islands/{name}.ts" for app, name in (each.split("/") for each in ISLANDS)))
