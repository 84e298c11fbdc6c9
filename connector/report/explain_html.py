"""Explanations as one HTML page that needs nothing else: each amount with its steps and contract lines."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from html import escape
from typing import Protocol

from connector.model.invoice import Invoice
from connector.model.problem import Source
from connector.model.statement import Line, RatedItem, RatedUsage, Step
from connector.report.explain import difference_of, sum_of, used, verdict
from connector.report.trail import sentence
from connector.report.words import clean, duration, money, number

_STYLE = """\
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto }
section { border-top: 1px solid #ccc; padding: .5rem 0 1rem }
h2 { font-size: 1.05rem } h3 { font-size: 1rem; font-weight: 600; margin: .8rem 0 .2rem }
ol { margin: 0 } p { margin: .3rem 0 } code { color: #555; font-size: .85em }
.amount { font-weight: 600 } .unproven { color: #b00020 }
table { border-collapse: collapse } td { padding: .1rem 1rem .1rem 0 } td + td { text-align: right }
@media print { section { break-inside: avoid } }"""


class Explained(Protocol):
    """One amount from the work to the cent, as the hall explains it."""

    @property
    def title(self) -> str:
        """What it is the amount of."""

    @property
    def currency(self) -> str:
        """Of the amount."""

    @property
    def amount(self) -> Decimal:
        """Net."""

    @property
    def line(self) -> Line | None:
        """What ought to be billed in all; None: nothing."""

    @property
    def items(self) -> Sequence[RatedItem]:
        """The work behind it."""

    @property
    def usage(self) -> Sequence[RatedUsage]:
        """The usage records behind it."""

    @property
    def proven(self) -> bool:
        """Computed anew, it is what was billed."""

    @property
    def before(self) -> Decimal | None:
        """What earlier documents billed; None: the amount is no difference."""


def explanations_html(title: str, explained: Iterable[Explained], document: Invoice | None = None) -> str:
    """Write a page; ``document`` adds tax and totals of a document all of whose lines are explained."""
    head = escape(clean(title))
    parts = [part for each in explained for part in _section(each)]
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="en"><head><meta charset="utf-8"><title>{head}</title>',
            f"<style>\n{_STYLE}\n</style></head><body>",
            f"<h1>{head}</h1>",
            *parts,
            *(_totals(document) if document else ()),
            "</body></html>",
        ]
    )


def _section(each: Explained) -> Iterator[str]:
    yield f"<section><h2>{escape(clean(each.title))}</h2>"
    for item in each.items:
        yield from _item(item)
    for record in each.usage:
        yield f"<h3>{escape(used(record, each.currency))}</h3>"
        yield from _steps(record.trail)
    if each.line and each.line.work and not each.items and not each.usage:
        yield f"<p>for {escape(', '.join(each.line.work))}</p>"
    if each.line:
        yield f"<p>{escape(sum_of(each.line, each.currency))}{_place(each.line.source)}</p>"
    if each.before is not None:
        yield f"<p>{escape(difference_of(each.line, each.before, each.currency))}</p>"
    amount = f"{money(each.amount, each.currency)} {each.currency}{verdict(each.proven)}"
    yield f'<p class="amount{"" if each.proven else " unproven"}">Amount {escape(amount)}</p></section>'


def _item(item: RatedItem) -> Iterator[str]:
    reason = f", {clean(item.reason)}" if item.reason else ""
    told = f"{item.work} on {item.on}: {duration(item.real)} worked, {item.fate.value}{reason}"
    yield f"<h3>{escape(told)}</h3>"
    yield from _steps(item.trail)


def _steps(trail: Sequence[Step]) -> Iterator[str]:
    if trail:
        yield f"<ol>{''.join(map(_step, trail))}</ol>"


def _step(step: Step) -> str:
    return f"<li>{escape(sentence(step._replace(source=None)))}{_place(step.source)}</li>"


def _place(source: Source | None) -> str:
    return f" <code>{escape(str(source))}</code>" if source else ""


def _totals(document: Invoice) -> Iterator[str]:
    """Write how tax and gross come from the lines."""
    currency = document.currency
    rows = [("Net, the sum of the lines", document.net)]
    rows += [
        (f"Tax {tax.tax}: {number(tax.percent)}% of {money(tax.base, currency)}, rounded once", tax.amount)
        for tax in document.taxes
    ]
    rows.append(("Gross", document.gross))
    cells = "".join(
        f"<tr><td>{escape(clean(text))}</td><td>{money(amount, currency)} {escape(currency)}</td></tr>"
        for text, amount in rows
    )
    yield f"<section><h2>{escape(document.reference)}: totals</h2><table>{cells}</table></section>"
