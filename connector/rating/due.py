"""What is due: what ought to be billed less what is billed, then credits and transfers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from connector.model.decision import Decision, Kind
from connector.model.invoice import Billed, DueLine, Role, TaxTotal
from connector.model.money import rounded
from connector.model.period import Period
from connector.model.problem import Problem
from connector.model.statement import RATED_KINDS, Line, LineKey, Statement
from connector.rating.gates import standing
from connector.rating.terms import Terms

_ZERO = Decimal(0)
Category = tuple[str, str]  # tax code and percent, as in a line key


@dataclass(slots=True)
class Due:
    """What a document that closes a period has to bear."""

    lines: list[DueLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def nets(self) -> dict[Category, Decimal]:
        """Sum the lines by tax category."""
        nets: dict[Category, Decimal] = defaultdict(Decimal)
        for due in self.lines:
            nets[due.line.key.tax, due.line.key.percent] += due.amount
        return nets


def due(
    terms: Terms,
    statements: Sequence[Statement],
    billed: Mapping[LineKey, Billed],
    decisions: Iterable[Decision],
) -> Due:
    """Compare statements with what is billed.

    Args:
        terms: of the period that closes.
        statements: the earlier ones that were rated again, then the one of the period that closes.
        billed: all that the customer's invoices billed.
        decisions: all, in the order of the store.
    """
    closing = statements[-1].period
    said = [one for one in standing(decisions) if one.customer == terms.customer]
    result = Due(lines=list(differences(statements, billed)))
    result.lines.extend(_carried_in(billed))
    for decision in said:
        if decision.kind is Kind.CREDIT and decision.period and decision.period <= closing:
            _credit(result, terms, decision, closing, billed)
    for decision in said:
        if decision.kind is Kind.TRANSFER and decision.period == closing:
            result.lines.extend(_carried_out(terms, decision, closing, result.nets()))
    return result


def differences(statements: Sequence[Statement], billed: Mapping[LineKey, Billed]) -> Iterator[DueLine]:
    """Yield what statements come to less what is billed; the last one is of the period that closes."""
    for statement in statements:
        yield from _difference(statement, billed, statements[-1].period)


def _difference(statement: Statement, billed: Mapping[LineKey, Billed], closing: Period) -> Iterator[DueLine]:
    """Yield new rounded lines less billed rounded lines, and billed lines of which nothing is left."""
    keys = {line.key for line in statement.lines}
    for line in statement.lines:
        before = billed.get(line.key)
        if before is None and (line.amount or statement.period == closing):
            yield DueLine(role=_role(line, statement.period == closing), line=line, amount=line.amount)
        elif before is not None and line.amount != before.amount:
            yield DueLine(role=Role.CORRECTION, line=line, amount=line.amount - before.amount, before=before)
    period = str(statement.period)
    for key, before in billed.items():
        if key.period == period and key not in keys and before.amount and key.kind in RATED_KINDS:
            line = _nothing_left(key, before)
            yield DueLine(role=Role.CORRECTION, line=line, amount=-before.amount, before=before)


def _role(line: Line, closing: bool) -> Role:
    if line.key.kind == "discount":
        return Role.DISCOUNT
    return Role.CHARGE if closing else Role.LATE


def _nothing_left(key: LineKey, before: Billed) -> Line:
    return Line(
        key=key,
        amount=before.amount - before.amount,  # 0.00 with the currency's digits
        category=before.line.category,
        text=before.line.name,
        service_from=before.line.service_from,
        service_to=before.line.service_to,
        number=before.line.number,
    )


def _carried_in(billed: Mapping[LineKey, Billed]) -> Iterator[DueLine]:
    """Yield what earlier documents carried out and none has carried in yet, at its own rate and period."""
    for out, carried in billed.items():
        if out.kind != "transfer_out":
            continue
        key = out._replace(kind="transfer_in")
        amount = -carried.amount - (billed[key].amount if key in billed else _ZERO)
        if amount:
            line = _nothing_left(key, carried)._replace(amount=amount)
            yield DueLine(role=Role.CARRIED_IN, line=line, amount=amount, before=carried)


def _credit(
    result: Due, terms: Terms, decision: Decision, closing: Period, billed: Mapping[LineKey, Billed]
) -> None:
    """Give goodwill as far as the document's net goes, in its tax category and in all; the rest waits."""
    first = decision.period or closing
    tax = decision.tax or terms.tax
    key = LineKey(
        kind="credit",
        period=str(first),
        tax=tax,
        percent=str(terms.percent(tax, first.last_day)),
        ref=decision.id,
    )
    given = -billed[key].amount if key in billed else _ZERO
    rest = (decision.amount or _ZERO) - given
    nets = result.nets()
    bearable = min(nets.get((key.tax, key.percent), _ZERO), sum(nets.values(), _ZERO))
    amount = min(rest, max(bearable, _ZERO))
    if amount > 0:
        line = _said(terms, key, decision, first, -amount)
        result.lines.append(DueLine(role=Role.CREDIT, line=line, amount=-amount))
    if rest > amount and terms.contract_on(closing.end) is None:
        message = (
            f"{rest - amount} {terms.currency} of credit {decision.id} find no invoice: the last contract "
            f"ends with {closing}; pay it out, or make a new contract"
        )
        result.problems.append(
            Problem(code="credit_left", about=terms.customer, message=message, amount=rest - amount)
        )


def _carried_out(
    terms: Terms, decision: Decision, closing: Period, nets: Mapping[Category, Decimal]
) -> Iterator[DueLine]:
    """Yield what goes to the next period, capped by the positive net, from each category in proportion."""
    positive = {category: net for category, net in nets.items() if net > 0}
    wanted = min(decision.amount or _ZERO, max(sum(nets.values(), _ZERO), _ZERO))
    if not wanted:
        return
    total = sum(positive.values())
    shares = {category: rounded(wanted * net / total, terms.currency) for category, net in positive.items()}
    shares[max(positive, key=lambda category: positive[category])] += wanted - sum(shares.values())
    for (tax, percent), share in shares.items():
        key = LineKey(kind="transfer_out", period=str(closing), tax=tax, percent=percent, ref=decision.id)
        if share:
            line = _said(terms, key, decision, closing, -share)
            yield DueLine(role=Role.CARRIED_OUT, line=line, amount=-share)


def _said(terms: Terms, key: LineKey, decision: Decision, period: Period, amount: Decimal) -> Line:
    return Line(
        key=key,
        amount=amount,
        category=terms.taxes[key.tax].category,
        text=decision.why,
        service_from=period.start,
        service_to=period.last_day,
    )


def tax_totals(
    lines: Iterable[DueLine], terms: Terms, rounding: Literal["document", "line"] = "document"
) -> list[TaxTotal]:
    """Tax each category once, on the sum of its rounded lines (EN 16931 BR-CO-17), or line by line.

    A correction may bear a tax code that the house no longer has: its category stands on the line.
    """
    amounts: dict[Category, list[Decimal]] = defaultdict(list)
    words: dict[str, str] = {}
    for due_line in lines:
        key = due_line.line.key
        amounts[key.tax, key.percent].append(due_line.amount)
        words[key.tax] = due_line.line.category
    return [
        TaxTotal(
            tax=tax,
            category=words[tax],
            percent=Decimal(percent),
            base=sum(nets, _ZERO),
            amount=sum(
                (
                    rounded(net * Decimal(percent) / 100, terms.currency)
                    for net in (nets if rounding == "line" else [sum(nets, _ZERO)])
                ),
                _ZERO,
            ),
            text=(terms.taxes[tax].text or "") if tax in terms.taxes else "",
        )
        for (tax, percent), nets in sorted(amounts.items())
    ]
