"""Billing before the close: documents for the work of closed tickets, in one transaction."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import insert, select, update

from connector.model.invoice import Invoice
from connector.model.period import Period
from connector.store.billing import issue
from connector.store.closing import keep_basis, references
from connector.store.engine import Store
from connector.store.events import note
from connector.store.ledger_tables import early_work, invoices
from connector.store.nouns import EarlyBilling
from connector.store.tables import work as work_rows


class EarlyWork(NamedTuple):
    """An entry that was billed before its period closed."""

    period: Period
    work: str
    seq: int  #: facts up to this number were known then


def bill_early(store: Store, billing: EarlyBilling, now: datetime) -> tuple[Invoice, ...]:
    """Issue documents of a period that is still open, and return them with their references.

    The charged work becomes the customer's; the close of the period bills what is then missing to it.

    Raises:
        AlreadyBilled: a charge stands on another invoice.
    """
    with store.begin() as connection:
        digest = keep_basis(connection, billing.basis_json)
        issued = tuple(
            issue(connection, due, billing.reference_prefix, billing.seq, now, basis=digest)
            for due in billing.invoices
        )
        for key in billing.work:
            connection.execute(insert(early_work).values(reference=issued[0].reference, work=key))
            theirs = update(work_rows).where(work_rows.c.key == key).values(customer=billing.customer)
            connection.execute(theirs)
        detail = f"{billing.period} {references(issued)}"
        note(connection, now, billing.by, "bill_early", billing.customer, detail)
    return issued


def billed_early(store: Store, customer: str) -> list[EarlyWork]:
    """Return the customer's work that was billed before its period closed, also if that is closed by now."""
    query = (
        select(invoices.c.period, early_work.c.work, invoices.c.seq)
        .join(early_work, early_work.c.reference == invoices.c.reference)
        .where(invoices.c.customer == customer)
        .order_by(invoices.c.id, early_work.c.work)
    )
    with store.read() as connection:
        return [EarlyWork(*row) for row in connection.execute(query)]
