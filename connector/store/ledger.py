"""The ledger: what was closed, billed, sent and answered. Added to, never rewritten."""

from connector.store.billing import billed, billed_nets, charged, invoice, invoices, issued_on
from connector.store.closing import bases_at, basis, claims, close_period, closed, customers, held, rebase
from connector.store.early import bill_early, billed_early
from connector.store.pushing import (
    accept,
    accepted,
    pushed_before,
    receipt,
    record_attempt,
    record_receipt,
    reissue,
    set_status,
)

__all__ = [
    "accept",
    "accepted",
    "bases_at",
    "basis",
    "bill_early",
    "billed",
    "billed_early",
    "billed_nets",
    "charged",
    "claims",
    "close_period",
    "closed",
    "customers",
    "held",
    "invoice",
    "invoices",
    "issued_on",
    "pushed_before",
    "rebase",
    "receipt",
    "record_attempt",
    "record_receipt",
    "reissue",
    "set_status",
]
