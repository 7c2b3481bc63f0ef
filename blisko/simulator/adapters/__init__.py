"""The public doors, opened over HTTP."""
