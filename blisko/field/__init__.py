"""Who can go: technicians, skills, teams, shifts, vans."""
