"""Figures for managers, each with its formula and the list behind it; it reads everyone and changes nothing."""
