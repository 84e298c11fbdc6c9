"""The hall: one module per job. It calls desks, ledger, books and rating; it does no arithmetic on money."""
