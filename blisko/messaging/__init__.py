"""Words out and words in: channels, templates, languages, deliveries. Knows addresses only, never whose they are."""
