"""Who signs in: staff and customers, roles, sessions, devices."""
