"""What the simulator does to the world outside its own rules."""
