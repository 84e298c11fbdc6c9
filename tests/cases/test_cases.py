"""Every worked case is a test; its id is the file's name, which begins with the case's."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from connector.config.validate import Unreadable
from connector.model.basis import Origin
from connector.model.invoice import Invoice
from connector.model.statement import AllowancePosition, Statement
from connector.report.money import reckoning
from tests.cases.case import HERE, Case, Expectation, ExpectedDocument, ExpectedLine, load, today_of
from tests.cases.engine import Run, Seen, start

FILES = sorted(path for path in HERE.rglob("*.yaml") if path.parent.name != "customers")


def _name(path: Path) -> str:
    return f"{path.relative_to(HERE).with_suffix('')}"


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_case(path: Path) -> None:
    case, origin, tree = load(path)
    assert path.stem.startswith(case.case), "a case's file is named as the case"
    follow(case, origin, start(case, tree, origin))


def follow(case: Case, origin: Origin, run: Run) -> None:
    """Go through a case step by step, and hold what is found against what is expected."""
    for number, step in enumerate(case.steps):
        run.apply(step)
        if step.through:
            run.close_through(step.through)
        if step.close:
            seen = run.close(step.close, today_of(step))
        elif step.preview:
            seen = run.look(step.preview, today_of(step))
        else:
            continue
        where = str(origin.source(f"steps.{number}.expect"))
        _check_money(where, seen)
        if step.expect:
            _check_document(where, run, step.expect, seen)
            _check_statement(where, step.expect, seen.statement)
            _check_codes(where, step.expect, seen.codes())
        months = {str(one.period): one for one in seen.statements}
        for month, expect in step.again.items():
            _check_statement(f"{where}, {month}", expect, months[month])
            _check_codes(f"{where}, {month}", expect, [one.code for one in months[month].problems])


def _check_documents(where: str, wanted: tuple[ExpectedDocument, ...], documents: Sequence[Invoice]) -> None:
    assert [one.net for one in documents] == [one.net for one in wanted], f"{where}: nets"
    for expected, document in zip(wanted, documents, strict=True):
        assert expected.tax in (None, document.tax), f"{where}: tax {document.tax}"
        assert expected.gross in (None, document.gross), f"{where}: gross {document.gross}"
        if expected.lines is not None:
            _check_lines(where, expected.lines, document)


def _check_document(where: str, run: Run, expect: Expectation, seen: Seen) -> None:
    if expect.documents is not None:
        _check_documents(where, expect.documents, seen.documents)
    if not expect.model_fields_set & _OF_ONE:
        return
    document = seen.document
    for name in ("net", "tax", "gross"):
        wanted = getattr(expect, name)
        if wanted is not None:
            found = getattr(document, name) if document else Decimal(0)
            assert found == wanted, f"{where}: {name} {found}, expected {wanted}; {_shown(document)}"
    if expect.document is not None:
        kind = document.kind.value if document else "none"
        assert kind == expect.document, f"{where}: document; {_shown(document)}"
    if expect.taxes is not None:
        totals = document.taxes if document else ()
        found_taxes = [(one.tax, one.percent, one.base, one.amount) for one in totals]
        assert found_taxes == [(one.tax, one.percent, one.base, one.amount) for one in expect.taxes], where
    if expect.lines is not None:
        _check_lines(where, expect.lines, document)
    if expect.so_far is not None:
        assert run.so_far == expect.so_far, f"{where}: so_far"


_OF_ONE = {"document", "net", "tax", "gross", "taxes", "lines", "so_far"}


def _check_money(where: str, seen: Seen) -> None:
    """Nothing vanishes: what was rated and what came and went sum to what is invoiced, by tax category."""
    for category, sums in reckoning(seen.statement, seen.documents).items():
        rest = sum((amount for row, amount in sums.items() if row != "invoiced"), Decimal(0))
        assert rest == sums["invoiced"], f"{where}: {category} {sums}"


def _check_codes(where: str, expect: Expectation, codes: list[str]) -> None:
    if expect.problems is not None:
        assert sorted(codes) == sorted(expect.problems), f"{where}: problems"


def _check_statement(where: str, expect: Expectation, statement: Statement) -> None:
    if expect.billed_time is not None:
        seconds_billed = sum(line.seconds for line in statement.lines)
        assert seconds_billed == expect.billed_time, f"{where}: billed_time {seconds_billed} s"
    if expect.fates is not None:
        seconds = {fate.value: count for fate, count in statement.seconds().items() if count}
        assert seconds == {name: count for name, count in expect.fates.items() if count}, (
            f"{where}: fates {seconds}"
        )
    _check_positions(where, expect, statement)
    if expect.reasons is not None:
        said: dict[str, str] = {}
        for item in statement.items:
            said[item.work.rpartition("/")[2]] = item.reason
        for work, reason in expect.reasons.items():
            assert reason in said[work], f"{where}: reason of {work}: {said[work]}"
    _check_usage(where, expect, statement)
    if expect.owed is not None:
        assert {one.name: one.missing for one in statement.deliveries} == expect.owed, f"{where}: owed"
    if expect.warnings is not None:
        found = [
            (
                one.allowance.rpartition("/")[2],
                one.percent,
                one.on,
                one.into_entry,
                one.work.rpartition("/")[2],
            )
            for one in statement.thresholds
        ]
        wanted = [(one.allowance, one.percent, one.on, one.into, one.work) for one in expect.warnings]
        assert found == wanted, f"{where}: warnings {found}"
        for threshold, asked in zip(statement.thresholds, expect.warnings, strict=True):
            assert asked.used in (None, threshold.used), f"{where}: warned at {threshold.used}"


def _check_usage(where: str, expect: Expectation, statement: Statement) -> None:
    for record, amount in (expect.usage or {}).items():
        found_amount = sum(one.amount for one in statement.usage if one.record == f"file/{record}")
        assert found_amount == amount, f"{where}: {record} came to {found_amount}"
    for record, wanted_fate in (expect.usage_fates or {}).items():
        found_fates = {one.fate.value for one in statement.usage if one.record == f"file/{record}"}
        assert found_fates == {wanted_fate}, f"{where}: {record} is {found_fates}"


def _check_positions(where: str, expect: Expectation, statement: Statement) -> None:
    for field in ("left", "carried_in", "used", "over"):
        for name, wanted in (getattr(expect, field) or {}).items():
            found = getattr(_position(statement, name), field)
            assert found == wanted, f"{where}: {field} of {name} is {found}"


def _position(statement: Statement, name: str) -> AllowancePosition:
    """Find an allowance by its id; one of each pool as ``hours of pc-1``."""
    id_, _, key = name.partition(" of ")
    (found,) = (
        one for one in statement.allowances if one.allowance.rpartition("/")[2] == id_ and one.key == key
    )
    return found


def _check_lines(where: str, wanted: tuple[ExpectedLine, ...], document: Invoice | None) -> None:
    lines = document.lines if document else ()
    assert [line.amount for line in lines] == [line.amount for line in wanted], f"{where}: {_shown(document)}"
    for expected, line in zip(wanted, lines, strict=True):
        assert expected.ticket in (None, line.number), f"{where}: ticket of {line.text}"
        assert expected.service in (None, line.key.service), f"{where}: service of {line.text}"
        assert expected.role in (None, line.role.value), f"{where}: role of {line.text}"
        assert expected.quantity in (None, line.quantity), f"{where}: quantity of {line.text}"
        assert expected.unit_price in (None, line.unit_price), f"{where}: unit price of {line.text}"
        assert expected.tax in (None, line.tax), f"{where}: tax of {line.text}"
        assert expected.percent in (None, line.percent), f"{where}: percent of {line.text}"
        for words in expected.says:
            assert words in line.text, f"{where}: '{words}' is not in '{line.text}'"


def _shown(document: Invoice | None) -> str:
    return "; ".join(f"{line.text} = {line.amount}" for line in document.lines) if document else "no document"


def test_there_are_cases() -> None:
    assert len(FILES) > 400


SEEDS = """
case: X
says: one ticket at the day's price, one inside the allowance
customer: seeds
work:
  - {id: a, ticket: 1, service: on-site, on: 2026-03-05, from: "10:00", time: 3h}
  - {id: b, ticket: 2, service: phone, on: 2026-03-05, time: 5h}
usage:
  - {id: u, article: mail, on: 2026-03-05}
steps:
  - close: 2026-03
    expect: EXPECT
"""


@pytest.mark.parametrize(
    "wrong",
    [
        "{document: none}",
        "{net: 150.01}",
        "{tax: 28.51}",
        "{gross: 178.51}",
        "{taxes: []}",
        "{lines: []}",
        "{lines: [{amount: 150.00, quantity: 2}]}",
        "{lines: [{amount: 150.00, says: phone}]}",
        "{so_far: 0.00}",
        "{billed_time: 2h}",
        "{fates: {billed: 8h}}",
        "{left: {phone: 1m}}",
        "{carried_in: {phone: 1m}}",
        "{owed: {}}",
        "{warnings: []}",
        "{problems: [held]}",
        "{reasons: {a: waived}}",
        "{documents: []}",
        "{documents: [{net: 150.00, tax: 1.00}]}",
        "{documents: [{net: 150.00, gross: 1.00}]}",
        "{documents: [{net: 150.00, lines: []}]}",
        "{used: {phone: 1m}}",
        "{over: {phone: 1m}}",
        "{usage: {u: 3.01}}",
        "{usage_fates: {u: free}}",
    ],
)
def test_a_wrong_figure_fails(wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "X.yaml"
    path.write_text(SEEDS.replace("EXPECT", wrong), encoding="utf-8")
    with pytest.raises(AssertionError):
        test_case(path)


def test_a_case_without_expectation_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("case: X\nsays: nothing\ncustomer: house\nsteps:\n- close: 2026-03\n", encoding="utf-8")
    with pytest.raises(Unreadable, match="without an expectation"):
        load(path)
