"""Accounting systems. Each module exports `Settings` and `connect(settings, session)`."""
