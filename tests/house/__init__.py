"""The code about itself: every rule of the house that a machine can check, each proven by a planted fault."""
