"""What it looks like: base pages, components, tokens, shared islands, the map's tiles."""
