"""Reports: statements, invoices, balances, differences, as plain text for people and data for scripts."""
