"""Who may: actors, keys, audit trail, rate limits, retention."""
