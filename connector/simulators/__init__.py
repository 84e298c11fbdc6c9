"""Simulated desks and books on loopback, for the tests' faults and for the demo."""
