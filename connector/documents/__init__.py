"""Papers: documents in words and figures, from nouns alone."""
