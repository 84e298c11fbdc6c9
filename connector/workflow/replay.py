"""The replay: a document computed anew from what was stored at its close, to be compared byte for byte."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any

from connector.documents.invoice import invoice_of
from connector.documents.wording import Issued
from connector.http import ConfigError
from connector.model.basis import Basis
from connector.model.decision import Decision, Kind
from connector.model.invoice import Billed, DueLine, Invoice
from connector.model.period import Period
from connector.model.statement import LineKey
from connector.rating.compile import terms_of
from connector.rating.due import due, tax_totals
from connector.rating.history import booked
from connector.rating.parts import parts
from connector.report.words import plain
from connector.store import ledger
from connector.store.decisions import decisions
from connector.store.events import events
from connector.store.nouns import ClosedPeriod, Scope, StoredInvoice
from connector.store.work import tickets_opened
from connector.workflow.account import Account, open_account
from connector.workflow.anew import as_issued, order_of
from connector.workflow.house import House
from connector.workflow.on_close import ticket_documents
from connector.workflow.reopening import WITHHELD
from connector.workflow.sides import with_customer


@dataclass(frozen=True, kw_only=True)
class Replay:
    """A stored document and the same computed anew, both as canonical JSON."""

    reference: str
    stored: bytes
    computed: bytes  #: empty: computed anew there is no document

    @property
    def proven(self) -> bool:
        """Tell whether they are the same, byte for byte."""
        return self.stored == self.computed

    @property
    def digests(self) -> tuple[str, str]:
        """Return SHA-256 of the stored and of the computed document."""
        return hashlib.sha256(self.stored).hexdigest(), hashlib.sha256(self.computed).hexdigest()


def replay(house: House, reference: str) -> Replay:
    """Compute a document anew from its basis, and from facts and decisions as they were known at its close.

    What no computation can give is taken from the document: its reference, its day of issue, the seller, and
    the names of technicians, which may have been forgotten since.

    Raises:
        ConfigError: there is no such document, or its period is not closed here.
    """
    everything = ledger.invoices(house.store)
    stored = next((one for one in everything if one.invoice.reference == reference), None)
    if stored is None:
        raise ConfigError(f"there is no document '{reference}'; deskbill report documents lists them")
    first = _as_first_issued(stored, everything)
    computed = _computed(house, first, everything)
    return Replay(
        reference=reference,
        stored=canonical(stored.invoice),
        computed=canonical(computed) if computed else b"",
    )


def canonical(document: Invoice) -> bytes:
    """Write a document in the one form that a proof rests on; its reference is nothing that is computed."""
    told: Mapping[str, Any] = {**plain(document), "period": [*map(str, document.period[:2])], "reference": ""}
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _as_first_issued(stored: StoredInvoice, everything: Sequence[StoredInvoice]) -> StoredInvoice:
    """Return the document that a re-issued one is a copy of."""
    known = {one.invoice.reference: one for one in everything}
    while stored.replaces:
        stored = known[stored.replaces]
    return stored


def _computed(house: House, stored: StoredInvoice, everything: Sequence[StoredInvoice]) -> Invoice | None:
    """Compute a document anew; None: nothing of it would be due."""
    account = _account(house, stored.invoice.customer)
    earlier = _issued_before(stored, everything)
    billed: Mapping[LineKey, Billed] = {}
    for one in earlier:
        billed = booked(billed, one.invoice.lines, one.invoice.reference)
    if stored.basis:
        basis = account.basis_of(stored.basis)
        documents = _of_tickets(account, basis, stored, billed)
    else:
        basis, documents = _of_close(account, stored, billed)
    place = _together(stored, everything).index(stored)
    if place >= len(documents):
        return None
    issued = _issued(house, earlier, stored.created_at)
    return _named(_document(basis, stored.invoice, documents[place], issued, billed), stored.invoice, basis)


def _together(stored: StoredInvoice, everything: Sequence[StoredInvoice]) -> list[StoredInvoice]:
    """Return the documents that were written in one transaction, in their order."""

    def made(one: StoredInvoice) -> tuple[object, ...]:
        return one.invoice.customer, one.invoice.period, one.created_at, one.seq, one.basis

    return [one for one in everything if made(one) == made(stored) and not one.replaces]


def _of_close(
    account: Account, stored: StoredInvoice, billed: Mapping[LineKey, Billed]
) -> tuple[Basis, list[list[DueLine]]]:
    """Part what was due at a close into documents."""
    name, period = stored.invoice.customer, stored.invoice.period
    store = account.house.store
    close = next((one for one in account.closed if one.period == period), None)
    if close is None:
        raise ConfigError(f"{name} {period} is not closed here, so {stored.invoice.reference} has no proof")
    basis = account.basis_of(ledger.bases_at(store, name, close.closed_at)[period])
    said = decisions(store, close.seq)
    withheld = _withheld(account, close, said)
    statements = [one for one in as_issued(account, stored).values() if one.period not in withheld]
    found = due(terms_of(basis), statements, billed, said)
    return basis, parts(found.lines, basis.customer.invoice)


def _of_tickets(
    account: Account, basis: Basis, stored: StoredInvoice, billed: Mapping[LineKey, Billed]
) -> list[list[DueLine]]:
    """Part what was due for closed tickets, before their period closed, into documents."""
    period = stored.invoice.period
    statement = as_issued(account, stored)[period]
    scope = Scope(keys=frozenset(line.key.ticket for line in statement.lines))
    opened = tickets_opened(account.house.store, period.start, period.end, scope, stored.seq)
    tickets = chain((one.ticket for one in account.near(period, stored.seq)), (one.ticket for one in opened))
    closed = {f"{one.desk}/{one.ticket}" for one in tickets if one.closed}
    return ticket_documents(statement, closed, billed, basis.customer.invoice)


def _account(house: House, name: str) -> Account:
    """Open an account; that of a customer whose file is gone, by what its last closed period keeps."""
    closed = ledger.closed(house.store, name)
    if name not in house.customers and closed:
        basis = Basis.model_validate_json(ledger.basis(house.store, closed[-1].basis))
        house = with_customer(house, (basis.customer, basis.origin))
    return open_account(house, name)


def _withheld(account: Account, close: ClosedPeriod, said: Sequence[Decision]) -> frozenset[Period]:
    """Return the periods whose difference the close withheld: it was told, and not accepted since."""
    accepted = {one.target: one.at for one in said if one.kind is Kind.ACCEPT}
    found: set[Period] = set()
    for one in account.closed:
        target = f"{close.customer}/{one.period}"
        told = (event.at for event in events(account.house.store, kind=WITHHELD, subject=target))
        last = next((at for at in told if at <= close.closed_at), None)
        if last and (target not in accepted or accepted[target] < last):
            found.add(one.period)
    return frozenset(found)


def _issued_before(stored: StoredInvoice, everything: Sequence[StoredInvoice]) -> list[StoredInvoice]:
    """Return the customer's documents that counted as billed when a close made this one."""
    before = everything[: everything.index(stored)]
    replaced = {one.replaces for one in before}
    return [
        one
        for one in before
        if one.invoice.customer == stored.invoice.customer
        and order_of(one) < order_of(stored)
        and one.invoice.reference not in replaced
    ]


def _issued(house: House, earlier: Iterable[StoredInvoice], at: datetime) -> dict[str, Issued]:
    """Tell how documents were named at a moment: by the numbers of the books that were known then."""
    named: dict[str, Issued] = {}
    for one in earlier:
        reference = one.invoice.reference
        receipt = ledger.receipt(house.store, reference, until=at)
        named[reference] = Issued(receipt.number if receipt else "", one.invoice.issued_on)
    return named


def _document(
    basis: Basis,
    stored: Invoice,
    lines: Sequence[DueLine],
    issued: Mapping[str, Issued],
    billed: Mapping[LineKey, Billed],
) -> Invoice:
    """Write the document as its close did."""
    return invoice_of(
        basis.customer,
        stored.seller,
        stored.period,
        lines,
        tax_totals(lines, terms_of(basis), basis.customer.invoice.tax_rounding),
        issued_on=stored.issued_on,
        issued=issued,
        bought={key.ref: one.references[0] for key, one in billed.items() if key.kind == "block"},
    )


def _named(computed: Invoice, stored: Invoice, basis: Basis) -> Invoice:
    """Let lines say who worked as the document does, if the customer is told."""
    if not basis.customer.invoice.show_technicians:
        return computed
    texts = {line.position: line.text for line in stored.lines}
    lines = tuple(
        replace(line, text=texts[line.position])
        if texts.get(line.position, "").startswith(f"{line.text}, ")
        else line
        for line in computed.lines
    )
    return replace(computed, lines=lines)
