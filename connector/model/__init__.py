"""The nouns of the trade: work, contracts, statements, invoices, decisions. They only check themselves."""
