"""The composition root: settings, urls, processes. Imports anyone; imported by no one."""
