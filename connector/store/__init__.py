"""The vault: what was seen, decided, closed, billed and pushed, kept in one database."""
