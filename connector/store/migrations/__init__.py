"""How the schema of the vault came about, step by step. Run by `connector.store.engine`, never by hand."""
