"""Decisions of the day as it happens, from values alone."""
