"""Play a day at an operator through the public doors, in a city that exists nowhere."""
