"""Blisko: customer care for an operator who also sends people to homes."""
