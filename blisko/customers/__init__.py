"""People and places we serve: contacts, sites, services, consent, the one timeline."""
