"""What must be done: job types, work orders and visits with their lifecycle."""
