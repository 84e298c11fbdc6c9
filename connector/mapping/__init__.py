"""From the desk's words to the contract's words, by lookup tables only."""
