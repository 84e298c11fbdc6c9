"""The replay: a document computed anew from what was stored at its close, to be compared byte for byte."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
from connector.store.nouns import ClosedPeriod, StoredInvoice
from connector.workflow.account import Account, open_account
from connector.workflow.explain import as_issued, as_of
from connector.workflow.house import House
from connector.workflow.on_close import closed_in, documents_of
from connector.workflow.reopen import WITHHELD
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
    """Compute anew what was issued; None: nothing would be due."""
    account = _account(house, stored.invoice.customer)
    earlier = _issued_before(stored, everything)
    billed: dict[LineKey, Billed] = {}
    for one in earlier:
        billed = booked(billed, one.invoice.lines, one.invoice.reference)
    basis, documents = (_of_tickets if stored.basis else _of_close)(account, stored, billed)
    place = _siblings(stored, everything).index(stored)
    if place >= len(documents):
        return None
    computed = _document(house, basis, stored, documents[place], (earlier, billed))
    return _named(computed, stored.invoice, basis)


Documents = list[list[DueLine]]


def _of_close(
    account: Account, stored: StoredInvoice, billed: Mapping[LineKey, Billed]
) -> tuple[Basis, Documents]:
    """Compute the documents of a close, and what they were rated with."""
    house, name, period = account.house, stored.invoice.customer, stored.invoice.period
    close = next((one for one in account.closed if one.period == period), None)
    if close is None:
        raise ConfigError(
            f"{name} {period} is not closed in this ledger; {stored.invoice.reference} has no proof"
        )
    basis = account.basis_of(ledger.bases_at(house.store, name, close.closed_at)[period])
    said = decisions(house.store, close.seq)
    withheld = _withheld(house, name, close, said)
    statements = [one for one in as_of(account, period).values() if one.period not in withheld]
    found = due(terms_of(basis), statements, billed, said)
    return basis, parts(found.lines, basis.customer.invoice)


def _of_tickets(
    account: Account, stored: StoredInvoice, billed: Mapping[LineKey, Billed]
) -> tuple[Basis, Documents]:
    """Compute the documents of tickets that were billed before their period closed."""
    basis, period = account.basis_of(stored.basis), stored.invoice.period
    statement = as_issued(account, stored)[period]
    closed = closed_in(account.near(period, stored.seq))
    return basis, documents_of(statement, billed, closed, basis.customer.invoice)


def _siblings(stored: StoredInvoice, everything: Sequence[StoredInvoice]) -> list[StoredInvoice]:
    """Return the documents that were made together, in their order."""
    told = (stored.invoice.customer, stored.invoice.period, stored.created_at, stored.basis)
    return [
        one
        for one in everything
        if (one.invoice.customer, one.invoice.period, one.created_at, one.basis) == told and not one.replaces
    ]


def _account(house: House, name: str) -> Account:
    """Open an account; that of a customer whose file is gone, by what its last closed period keeps."""
    closed = ledger.closed(house.store, name)
    if name not in house.customers and closed:
        basis = Basis.model_validate_json(ledger.basis(house.store, closed[-1].basis))
        house = with_customer(house, (basis.customer, basis.origin))
    return open_account(house, name)


def _withheld(house: House, name: str, close: ClosedPeriod, said: Sequence[Decision]) -> frozenset[Period]:
    """Return the periods whose difference the close withheld: it was told, and not accepted since."""
    accepted = {one.target: one.at for one in said if one.kind is Kind.ACCEPT}
    found: set[Period] = set()
    for one in ledger.closed(house.store, name):
        target = f"{name}/{one.period}"
        told = (event.at for event in events(house.store, kind=WITHHELD, subject=target))
        last = next((at for at in told if at <= close.closed_at), None)
        if last and (target not in accepted or accepted[target] < last):
            found.add(one.period)
    return frozenset(found)


def _issued_before(stored: StoredInvoice, everything: Sequence[StoredInvoice]) -> list[StoredInvoice]:
    """Return the customer's documents that counted as billed when a close made this one."""
    before = everything[: everything.index(stored)]
    replaced, together = {one.replaces for one in before}, _siblings(stored, everything)
    return [
        one
        for one in before
        if one.invoice.customer == stored.invoice.customer
        and one not in together
        and one.invoice.reference not in replaced
    ]


def _document(
    house: House,
    basis: Basis,
    stored: StoredInvoice,
    lines: Sequence[DueLine],
    before: tuple[Sequence[StoredInvoice], Mapping[LineKey, Billed]],
) -> Invoice:
    """Write the document as its close did, naming earlier ones by the numbers that were known then."""
    earlier, billed = before
    issued: dict[str, Issued] = {}
    for one in earlier:
        reference = one.invoice.reference
        receipt = ledger.receipt(house.store, reference, until=stored.created_at)
        issued[reference] = Issued(receipt.number if receipt else "", one.invoice.issued_on)
    return invoice_of(
        basis.customer,
        stored.invoice.seller,
        stored.invoice.period,
        lines,
        tax_totals(lines, terms_of(basis), basis.customer.invoice.tax_rounding),
        issued_on=stored.invoice.issued_on,
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
