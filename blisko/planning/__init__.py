"""Who goes where, when: assignments and the roads."""
