"""The conformance kit: what every adapter must do, as tests that a new one inherits. Needs pytest."""
