"""Reading: what people wrote in YAML becomes checked nouns, or problems that name the line to mend."""
