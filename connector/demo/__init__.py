"""The demo: two desks and a real Tryton on loopback, and the seed scenario played through them."""
