"""Sheets in: columns recognised, lines landed, every refused line told."""
