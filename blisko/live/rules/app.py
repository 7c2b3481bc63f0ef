"""What the technician's pages are made of: brought before any of them is kept on a telephone."""

OURS = ("work-queue", "report-here", "ring-up", "sign-here", "part-count", "help-call", "send-chosen", "talk-end")
ISLANDS = (*(f"live/{name}" for name in OURS), "ui/theme-switch", "ui/technician")
STYLES = ("blisko/ui/islands/blisko.css", "blisko/live/islands/help.css")
APP = (*STYLES, *(f"blisko/{app}/islands/{name}.ts" for app, name in (each.split("/") for each in ISLANDS)))
