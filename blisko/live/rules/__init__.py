"""Decisions of the day as it happens, from values alone."""

PERMISSIONS = {
    "live.see_day": "See the day as it happens",
    "live.see_positions": "See where technicians are, and set up their phones",
    "live.issue_links": "Issue short-lived links to visits for the operator’s own app, and read what they show",
    "live.own_day": "Work through one's own day",
}
