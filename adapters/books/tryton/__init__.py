"""Tryton 8: customer invoices as drafts or posted, over JSON-RPC."""

from adapters.books.tryton.books import Tryton, connect
from adapters.books.tryton.settings import Settings

__all__ = ["PROOF", "Settings", "Tryton", "connect"]

PROOF = "run live: the tests and the demo start a real Tryton 8"
