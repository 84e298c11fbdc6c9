"""Invoices and credit notes, and what the books say of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from connector.model.contract import Party
from connector.model.period import Period
from connector.model.statement import Line, LineKey


class InvoiceKind(StrEnum):
    """The document's kind."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"  #: its lines are negative here; books that want positive figures turn them


class Role(StrEnum):
    """Why a line stands on an invoice."""

    CHARGE = "charge"  #: of the period that was closed
    LATE = "late"  #: of an earlier period, billed for the first time
    CORRECTION = "correction"  #: of what an earlier invoice billed
    DISCOUNT = "discount"
    CREDIT = "credit"  #: goodwill
    CARRIED_OUT = "carried_out"  #: transferred to the next period
    CARRIED_IN = "carried_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """A printed line. ``quantity x unit_price`` rounded is ``amount``."""

    position: int  #: from 1
    key: LineKey
    role: Role
    text: str  #: plain text, one or more sentences, in the customer's language
    quantity: Decimal  #: of the unit; once the amount itself where that is exact, -1 for what is taken back
    unit: str  #: hour, day, block, call, visit, entry, piece, or the contract's word for what is counted
    unit_price: Decimal  #: never negative
    amount: Decimal  #: net, rounded, signed
    tax: str  #: tax code
    category: str  #: tax category word
    percent: Decimal
    service_from: date
    service_to: date
    seconds: int = 0  #: billed seconds of a time charge
    name: str = ""  #: the service's or fee's name alone
    number: str = ""  #: the ticket number that people see
    corrects: tuple[str, ...] = ()  #: references of the invoices that billed it


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """What all invoices together billed under one line key."""

    amount: Decimal  #: net, signed
    seconds: int
    references: tuple[str, ...]  #: of the invoices, oldest first
    line: InvoiceLine  #: the first that billed it


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLine:
    """A line that ought to be printed: what is due under its key less what was billed."""

    role: Role
    line: Line  #: as it ought to be; its amount is 0 where nothing is left of it
    amount: Decimal  #: net, signed: what this document bills
    before: Billed | None = None  #: what was billed, if this corrects it


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxTotal:
    """One tax category's sums on a document."""

    tax: str
    category: str
    percent: Decimal
    base: Decimal  #: sum of the rounded lines
    amount: Decimal  #: base x percent, rounded once (EN 16931 BR-CO-17), or on each line if so agreed
    text: str = ""  #: the sentence that the law asks for


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """A document as it is stored at the close. It is never changed."""

    reference: str  #: ours, e.g. ``db-2026-0001``; never printed as the invoice number
    target: str  #: name of the books in the configuration
    customer: str
    kind: InvoiceKind
    period: Period  #: the period whose close made it
    issued_on: date  #: in the issuer's zone
    due_on: date
    currency: str
    seller: Party
    buyer: Party
    buyer_key: Mapping[str, str]  #: the customer's key in the books; the file of the day it is sent decides
    order_number: str
    language: str
    lines: tuple[InvoiceLine, ...]
    taxes: tuple[TaxTotal, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal


class DocumentState(StrEnum):
    """What the books say of a document."""

    DRAFT = "draft"
    POSTED = "posted"
    PAID = "paid"
    CANCELLED = "cancelled"
    HANDED_OVER = "handed_over"  #: a file was written; whether it is booked is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the books computed and hold under our reference. Credit notes have negative figures here."""

    reference: str
    remote_id: str  #: the books' own id, as text
    state: DocumentState
    number: str = ""  #: the books' number; empty in a draft
    currency: str = ""
    net: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    gross: Decimal = Decimal(0)
    lines: tuple[Decimal, ...] = field(default=())  #: net amounts as the books hold them, in their order
    digest: str = ""  #: of what a person could change: lines, texts, amounts, date, party
