"""Service desks. Each module exports `Settings` and `connect(settings, session)`."""
