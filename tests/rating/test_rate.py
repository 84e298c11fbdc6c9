"""What no worked case can ask: months before billing begins, and the digest that an approval names."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from connector.model.period import parse_period
from connector.model.problem import Problem
from connector.model.statement import Fate, Statement
from connector.model.work import Work
from connector.rating.digest import statement_digest
from connector.rating.due import due
from connector.rating.rate import rate
from tests.laws.histories import TERMS

JANUARY = parse_period("2026-01")
WORK = Work(
    key="desk/1/1",
    desk="desk",
    ticket="desk/1",
    number="1",
    title="",
    seconds=3600,
    worked_on=date(2026, 1, 20),
    technician="t1",
    facets={"service": "phone"},
)


def _rated(*work: Work) -> Statement:
    return rate(TERMS[0], JANUARY, work)


def test_a_month_before_billing_begins_has_no_fee() -> None:
    assert rate(TERMS[0], JANUARY.previous(), []).lines == ()
    assert _rated().net == Decimal("39.80")  # January and, in advance, February: 2 x 19.90


def test_a_digest_names_figures_whatever_their_order() -> None:
    other = replace(WORK, key="desk/2/1", ticket="desk/2", number="2")
    one, two = _rated(WORK, other), _rated(other, WORK)
    assert statement_digest(one) == statement_digest(two)
    assert len(statement_digest(one)) == 16


def test_a_digest_changes_with_every_figure_and_with_what_is_due() -> None:
    statement = _rated(WORK)
    lines = due(TERMS[0], [statement], {}, []).lines
    digests = {
        statement_digest(statement),
        statement_digest(statement, [lines]),
        statement_digest(statement, [lines[1:]]),
        statement_digest(statement, [lines[:1], lines[1:]]),
        statement_digest(_rated(replace(WORK, seconds=3601))),
        statement_digest(_rated(replace(WORK, billable=False))),
    }
    assert len(digests) == 6


def test_a_correction_that_cannot_be_believed_takes_nothing_back() -> None:
    doubt = Problem(code="time_ambiguous", message="the clock showed this twice")
    wrong = replace(WORK, key="desk/1/2", seconds=-600, problem=doubt)
    statement = _rated(WORK, wrong)
    assert statement.seconds() == {Fate.BILLED: 3600, Fate.HELD: -600, Fate.INCLUDED: 0, Fate.FREE: 0}
    assert [problem.code for problem in statement.problems] == ["time_ambiguous"]
