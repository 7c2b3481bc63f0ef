"""What builds and watches the house: contracts, drawings, a new app's frame. Never part of the running product."""
