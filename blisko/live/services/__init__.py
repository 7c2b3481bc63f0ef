"""What changes the day as it happens."""
