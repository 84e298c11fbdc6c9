"""Adapters: one module or package for each service desk and each accounting system."""
