"""What happens to visits, told to other systems: endpoints, signed deliveries in order, replay."""
