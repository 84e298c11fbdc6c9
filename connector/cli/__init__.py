"""The command line: a module per group of commands. It asks the hall and shows what it answers."""
