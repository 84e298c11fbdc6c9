"""The invoice or credit note that a close writes, from what is due."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from connector.documents.legal import with_sentences
from connector.documents.wording import Issued, Voice, invoice_line
from connector.model.contract import Customer, Party
from connector.model.invoice import DueLine, Invoice, InvoiceKind, TaxTotal
from connector.model.period import Period


def invoice_of(
    customer: Customer,
    seller: Party,
    period: Period,
    lines: Sequence[DueLine],
    taxes: Sequence[TaxTotal],
    *,
    issued_on: date,
    issued: Mapping[str, Issued],
    bought: Mapping[str, str] | None = None,
    technicians: Mapping[tuple[str, str], str] | None = None,
) -> Invoice:
    """Write a document without its reference, which it gets when it is stored.

    Args:
        customer: the buyer, with terms and language.
        seller: the house.
        period: the one that closes.
        lines: what is due, in printed order; not empty.
        taxes: their tax totals.
        issued_on: today in the issuer's zone.
        issued: how earlier documents are named, by reference.
        bought: by purchase of a block, the reference of the document that billed it.
        technicians: names by desk and the desk's id, for customers who are told who worked; None: not told.
    """
    terms, voice = customer.invoice, _voice(customer, period, issued, bought or {})
    printed = tuple(
        invoice_line(position, line, voice, _technician(line, technicians))
        for position, line in enumerate(lines, 1)
    )
    net = sum((line.amount for line in printed), Decimal(0))
    tax = sum((total.amount for total in taxes), Decimal(0))
    target, key = next(iter(customer.books.items()), ("", {}))
    return Invoice(
        reference="",
        target=target,
        customer=customer.customer,
        kind=InvoiceKind.CREDIT_NOTE if net < 0 else InvoiceKind.INVOICE,
        period=period,
        issued_on=issued_on,
        due_on=issued_on + timedelta(seconds=terms.terms),
        currency=terms.currency,
        seller=seller,
        buyer=customer.party,
        buyer_key=key,
        order_number=customer.order_number or "",
        language=customer.language,
        lines=printed,
        taxes=with_sentences(taxes, customer.language),
        net=net,
        tax=tax,
        gross=net + tax,
    )


def _voice(
    customer: Customer, period: Period, issued: Mapping[str, Issued], bought: Mapping[str, str]
) -> Voice:
    return Voice(
        currency=customer.invoice.currency,
        language=customer.language,
        issued=issued,
        bought=bought,
        following=customer.period_after(period),
    )


def _technician(due: DueLine, names: Mapping[tuple[str, str], str] | None) -> str:
    """Name who worked, if the customer is told; a word of the mapping's table stands for itself."""
    key = due.line.key
    if names is None:
        return ""
    return names.get((key.ticket.partition("/")[0], key.technician), key.technician)
