"""What is known of the day as it happens."""
