"""Written: what is due put into documents, with all that their words need from the ledger."""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from itertools import chain

from connector.documents.invoice import invoice_of
from connector.documents.wording import Issued
from connector.model.invoice import DueLine, Invoice
from connector.model.period import Period
from connector.rating.due import tax_totals
from connector.store import ledger
from connector.store.privacy import technicians
from connector.workflow.account import Account


def net_of(invoices: Iterable[Invoice]) -> Decimal:
    """Sum up the net of some documents."""
    return sum((one.net for one in invoices), Decimal(0))


def written(account: Account, period: Period, documents: Sequence[Sequence[DueLine]]) -> tuple[Invoice, ...]:
    """Write documents without their references."""
    if not documents:
        return ()
    terms = account.customer.invoice
    bought = _bought(account, documents)
    before = (due.before for due in chain.from_iterable(documents) if due.before)
    issued = _issued(account, {*bought.values(), *(name for one in before for name in one.references)})
    names = technicians(account.house.store) if terms.show_technicians else None
    return tuple(
        invoice_of(
            account.customer,
            account.house.settings.house,
            period,
            lines,
            tax_totals(lines, account.terms, terms.tax_rounding),
            issued_on=account.house.today(),
            issued=issued,
            bought=bought,
            technicians=names,
        )
        for lines in documents
    )


def _bought(account: Account, documents: Sequence[Sequence[DueLine]]) -> dict[str, str]:
    """Return by block the document that bore its purchase, where a document speaks of what a block covers."""
    if not any(due.line.key.kind == "covered" for lines in documents for due in lines):
        return {}
    every = account.billed().items()
    return {key.ref: one.references[0] for key, one in every if key.kind == "block"}


def _issued(account: Account, spoken_of: Collection[str]) -> dict[str, Issued]:
    """Tell how the books numbered some documents, and when each was issued."""
    store = account.house.store
    named: dict[str, Issued] = {}
    for reference, day in ledger.issued_on(store, spoken_of).items() if spoken_of else ():
        receipt = ledger.receipt(store, reference)
        named[reference] = Issued(receipt.number if receipt else "", day)
    return named
