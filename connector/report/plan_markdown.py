"""What edits of contracts change in money, as Markdown for a pull request that no words of others break."""

from collections.abc import Iterator, Sequence

from connector.model.change import Comparison, CustomerChange
from connector.report.plan import change_cells, period_cells, shown_changes, signed, sums
from connector.report.words import clean, money

#: What would be a table's edge, markup, HTML, a link, a mention or a reference on the sites that show it.
_MARKUP = str.maketrans({char: f"&#{ord(char)};" for char in "\\`*_{}[]()<>&#+!|~@:$^=\"'%"})
_LONGEST = 60_000  # characters; the sites take 65,536 and refuse what is longer


def comparison_markdown(found: Comparison, *, most: int | None = None) -> str:
    """Write a comparison as Markdown, cut where a site would refuse it."""
    blocks = [*_blocks(found, most)]
    kept: list[str] = []
    for block in blocks:
        if sum(map(len, kept)) + len(block) > _LONGEST:
            kept.append("There is more than a comment holds; run `deskbill contract plan` to see all of it.")
            break
        kept.append(block)
    return "\n\n".join(kept)


def _blocks(found: Comparison, most: int | None) -> Iterator[str]:
    yield f"### What changes in money: {said(found.old)} → {said(found.new)}"
    if not found.differs:
        yield "No amount differs."
    head = ("", "Old net", "New net", "Difference")
    rows = [
        (f"{state} periods", money(old, currency), money(new, currency), signed(new - old, currency))
        for (state, currency), (old, new) in sums(found.customers).items()
    ]
    if rows:
        yield _table(head, rows, figures=frozenset({1, 2, 3}))
    for customer in found.customers:
        yield from _customer(customer, most)
    if found.problems:
        yield "#### Files that cannot be read"
        yield "\n".join(f"- {said(str(each.source))}: {said(each.message)}" for each in found.problems)


def _customer(customer: CustomerChange, most: int | None) -> Iterator[str]:
    yield f"#### {said(customer.name)} ({said(customer.customer)}), file: {customer.file}"
    head = ("Period", "", "Old net", "New net", "Difference", "")
    yield _table(head, [period_cells(each) for each in customer.periods], figures=frozenset({2, 3, 4}))
    head = ("Ticket or fee", "Service", "Price", "Old", "New", "Difference")
    for period in customer.periods:
        shown, left = shown_changes(period, most)
        rows = [change_cells(change, period, said) for change in shown]
        if rows:
            more = f"\n\nand {left} lines more" if left else ""
            table = _table(head, rows, figures=frozenset({3, 4, 5}))
            yield f"<details><summary>{period.period}: lines</summary>\n\n{table}{more}\n\n</details>"


def said(text: str, width: int = 0) -> str:
    """Write the words of a desk or a contract so that they are nothing but words."""
    return clean(text, width).translate(_MARKUP).replace("www.", "www&#46;")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], figures: frozenset[int]) -> str:
    ruler = ["---:" if at in figures else "---" for at in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ruler, *rows))
