"""Deskbill: from the service desk's work to the books' invoices, each minute once and explained."""

__version__ = "0.1.0"
