"""The generated city: everything follows from a seed, nothing from the machine it runs on."""
