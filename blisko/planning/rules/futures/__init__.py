"""Compiled: dice, shapes of chance, and the many ways a day may go on. `rules.risk` and `rules.durations` ask it."""
