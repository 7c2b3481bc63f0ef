"""What Python lacks: events, lifecycles, refusals, clock, push, plugs. No domain word lives here."""
