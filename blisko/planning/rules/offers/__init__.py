"""Compiled: where one more visit would fit, looked up in labels that stand ready. `rules.slots` asks it."""
