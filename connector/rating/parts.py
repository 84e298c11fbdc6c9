"""Parts: the documents of one close, and which of them bears what belongs to the customer as a whole."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from connector.model.contract import InvoiceTerms
from connector.model.invoice import DueLine, Role
from connector.model.money import rounded

_ZERO = Decimal(0)
_ORDER = tuple(Role)
#: What is said of the customer as a whole; it is placed on the documents once they are parted.
_PLACED = frozenset({Role.DISCOUNT, Role.CREDIT, Role.CARRIED_OUT})
Document = list[DueLine]
_REST = ("", "")


def parts(lines: Iterable[DueLine], terms: InvoiceTerms) -> list[Document]:
    """Group what is due into documents, each in printed order; one without any money is left out.

    Lines without a value stand together, with the customer's rest. What is said of the customer as a whole is
    placed: a discount in proportion, goodwill and transfers as far as each document goes, in order. What
    finds no place waits, as it does on one document; a discount does not wait, the rest bears it.
    """
    documents: dict[tuple[str, ...], Document] = defaultdict(list)
    placed: Document = []
    for due in lines:
        if due.role in _PLACED:
            placed.append(due)
        else:
            documents[_place(due, terms)].append(due)
    if len(documents) > 1:
        _place_all(documents, placed, terms)
    else:
        documents[next(iter(documents), _REST)].extend(placed)
    whole = [sorted(documents[key], key=lambda due: _ORDER.index(due.role)) for key in sorted(documents)]
    return [document for document in whole if any(due.amount for due in document)]


def _place(due: DueLine, terms: InvoiceTerms) -> tuple[str, ...]:
    """Name the document of a line: contract or ticket, and the value that splits."""
    key = due.line.key
    group = {"contract": key.contract, "ticket": key.ticket}.get(terms.group, "")
    return group, key.split if terms.split_by else ""


def _place_all(
    documents: dict[tuple[str, ...], Document], placed: Sequence[DueLine], terms: InvoiceTerms
) -> None:
    for due in sorted(placed, key=lambda due: _ORDER.index(due.role)):
        candidates = [documents[key] for key in sorted(documents)]
        bearable = [_bearable(document, due) for document in candidates]
        wanted = -due.amount
        if due.role is Role.DISCOUNT:
            shares = _in_proportion(wanted, bearable, terms.currency)
        else:
            shares = _in_order(wanted, bearable)
        for document, share in zip(candidates, shares, strict=True):
            if share:
                document.append(_part(due, -share))
        left = wanted - sum(shares)
        if left and due.role is Role.DISCOUNT:
            documents[_REST].append(_part(due, -left))


def _part(due: DueLine, amount: Decimal) -> DueLine:
    return replace(due, amount=amount, line=due.line._replace(amount=amount))


def _bearable(document: Document, due: DueLine) -> Decimal:
    """Return how much can be taken off a document in the tax category of a line: never below nothing."""
    key = due.line.key
    same = (one for one in document if (one.line.key.tax, one.line.key.percent) == (key.tax, key.percent))
    net = sum((one.amount for one in document), _ZERO)
    return max(_ZERO, min(net, sum((one.amount for one in same), _ZERO)))


def _in_order(wanted: Decimal, bearable: Sequence[Decimal]) -> list[Decimal]:
    shares: list[Decimal] = []
    for most in bearable:
        shares.append(min(wanted, most))
        wanted -= shares[-1]
    return shares


def _in_proportion(wanted: Decimal, bearable: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Share an amount out; spare cents go where there is room, the largest first."""
    total = sum(bearable, _ZERO)
    if wanted >= total:
        return list(bearable)
    shares = [min(most, rounded(wanted * most / total, currency)) for most in bearable]
    spare = wanted - sum(shares, _ZERO)
    for at in sorted(range(len(shares)), key=lambda at: -bearable[at]):
        change = max(-shares[at], min(spare, bearable[at] - shares[at]))
        shares[at] += change
        spare -= change
    return shares
