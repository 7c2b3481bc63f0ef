"""Foreign machines of the day: telephones that report, browsers that listen."""
