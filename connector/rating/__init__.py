"""Rating: from work, contracts and decisions to statements, and from statements to what is due. Pure."""
