"""What is printed explains itself: a reader of the text alone arrives at the same cents."""

from collections import defaultdict
from decimal import Decimal

from hypothesis import given

from connector.model.statement import RatedItem, Statement
from connector.report.explain import explanation_text
from tests.laws.contracts import Customership
from tests.laws.facts import Facts
from tests.laws.profiles import stories
from tests.laws.reader import amount_of, check_lines, check_trail, entries_of
from tests.laws.test_contracts import histories, rated

#: What nothing but a person's word or another line decides: no sum is printed beside the amount.
UNRECKONED = frozenset({"sla", "prepaid", "discount", "carried"})


def explained(statement: Statement) -> list[tuple[str, Decimal, str]]:
    """Print each line's explanation: kind, amount, text."""
    items: dict[object, list[RatedItem]] = defaultdict(list)
    for item in statement.items:
        items[item.line].append(item)
    return [
        (
            line.key.kind,
            line.amount,
            explanation_text(line.text, line, items[line.key], line.amount, statement.currency, proven=True),
        )
        for line in statement.lines
    ]


@stories(90)
@given(histories())
def test_a_reader_of_the_print_arrives_at_the_same_cents(history: tuple[Customership, Facts]) -> None:
    customer, known = history
    for statement in rated(customer.terms, customer.periods, known):
        for kind, amount, text in explained(statement):
            assert kind in UNRECKONED or amount_of(text) == amount, text
            check_lines(text)


@stories(60)
@given(histories())
def test_each_step_of_a_trail_can_be_done_again(history: tuple[Customership, Facts]) -> None:
    customer, known = history
    for statement in rated(customer.terms, customer.periods, known):
        text = explanation_text("all", None, statement.items, statement.net, statement.currency, proven=True)
        entries = entries_of(text)
        assert len(entries) == len(statement.items)
        for entry in entries:
            check_trail(entry.trail)
