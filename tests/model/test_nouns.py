"""The small sums and names that nouns know of themselves."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connector.model.basis import Basis, Origin
from connector.model.contract import Customer, Tax
from connector.model.decision import Decision, Kind
from connector.model.invoice import DocumentState, Receipt
from connector.model.mapping import DeskMapping
from connector.model.period import parse_period
from connector.model.problem import Problem, Source
from connector.model.settings import Settings
from connector.model.statement import BudgetPosition, Delivery, Fate, Line, LineKey, RatedItem, Statement
from connector.model.usage import UsageRow
from connector.model.work import WorkEntry

DAY = date(2026, 3, 2)


def test_a_work_entry_has_one_key_in_the_house() -> None:
    entry = WorkEntry(desk="zammad", ticket="7", entry="31", seconds=900, worked_on=DAY)
    assert entry.key == "zammad/7/31"


@pytest.mark.parametrize(
    ("target", "key", "named"),
    [
        ("zammad/7", "zammad/7/31", True),
        ("zammad/7/31", "zammad/7/31", True),
        ("zammad/7/3", "zammad/7/31", False),
        ("zammad/7", "zammad/70/31", False),
    ],
)
def test_a_decision_names_an_entry_or_its_ticket(target: str, key: str, named: bool) -> None:
    decision = Decision(
        id="D-1", kind=Kind.WAIVE, by="ann", at=datetime(2026, 3, 2, tzinfo=UTC), why="sorry", target=target
    )
    assert decision.names(key) is named


def test_a_source_is_cited_as_file_line_and_column() -> None:
    assert str(Source(file="customers/acme.yaml", line=14, column=9)) == "customers/acme.yaml:14:9"


@pytest.mark.parametrize(
    ("path", "cited"),
    [
        ("contracts.0.rates.2", "acme.yaml:14:9"),
        ("contracts.0.rates.2.hourly", "acme.yaml:14:9"),
        ("contracts.0", "acme.yaml:9:3"),
        ("sites.vienna", "acme.yaml:1:1"),
    ],
)
def test_a_rule_is_cited_by_the_nearest_part_that_is_known(path: str, cited: str) -> None:
    origin = Origin(file="acme.yaml", lines={"contracts.0": (9, 3), "contracts.0.rates.2": (14, 9)})
    assert str(origin.source(path)) == cited


@pytest.mark.parametrize(("path", "cited"), [("invoice.tax", "acme.yaml:7:3"), ("invoice", "acme.yaml:6:12")])
def test_a_key_is_cited_where_it_stands_and_else_its_value(path: str, cited: str) -> None:
    origin = Origin(
        file="acme.yaml", lines={"invoice": (6, 12), "invoice.tax": (7, 8)}, keys={"invoice.tax": (7, 3)}
    )
    assert str(origin.key_source(path)) == cited


def item(fate: Fate, real: int) -> RatedItem:
    return RatedItem(work="zammad/7/31", ticket="zammad/7", on=DAY, real=real, billed=real, fate=fate)


def line(amount: str) -> Line:
    return Line(
        key=LineKey("work", "2026-03"),
        amount=Decimal(amount),
        category="standard",
        text="Phone support",
        service_from=DAY,
        service_to=DAY,
    )


def test_a_statement_sums_its_lines_and_its_seconds() -> None:
    statement = Statement(
        customer="acme",
        period=parse_period("2026-03"),
        currency="EUR",
        items=(item(Fate.BILLED, 900), item(Fate.BILLED, -300), item(Fate.HELD, 60)),
        lines=(line("142.50"), line("-25.00")),
        problems=(Problem(code="customer_unknown", message="no customer"),),
    )
    assert statement.net == Decimal("117.50")
    assert statement.seconds() == {Fate.BILLED: 600, Fate.INCLUDED: 0, Fate.FREE: 0, Fate.HELD: 60}


@pytest.mark.parametrize(("delivered", "missing"), [(3600, 3600), (7200, 0), (9000, 0)])
def test_what_is_owed_and_not_delivered(delivered: int, missing: int) -> None:
    assert Delivery(name="maintenance", owed=7200, delivered=delivered).missing == missing


def test_a_receipt_says_nothing_of_what_it_was_not_told() -> None:
    receipt = Receipt(reference="db-2026-0001", remote_id="5", state=DocumentState.DRAFT)
    assert (receipt.number, receipt.gross, receipt.lines) == ("", Decimal(0), ())


def test_a_basis_survives_being_stored() -> None:
    basis = Basis(
        customer=Customer.model_validate(
            {
                "customer": "acme",
                "name": "ACME GmbH",
                "timezone": "Europe/Berlin",
                "billing_from": "2026-01-01",
                "invoice": {"tax": "DE-19"},
                "contracts": [],
            }
        ),
        taxes={"DE-19": Tax.model_validate({"rates": [{"from": "2021-01-01", "percent": "19%"}]})},
        mappings={"zammad": DeskMapping.model_validate({"time": {"entry": "end"}})},
        holidays={"DE": {date(2026, 1, 1): "Neujahr"}},
        zones={"Europe/Berlin": "VFppZg=="},
    )
    assert Basis.model_validate_json(basis.model_dump_json()) == basis


def test_settings_have_sensible_times() -> None:
    settings = Settings.model_validate({"house": {"name": "House"}, "timezone": "Europe/Berlin", "taxes": {}})
    assert settings.close_after == 3 * 86400
    assert settings.daemon.every == 900
    assert settings.reference == "db"


def test_a_mapping_lists_how_facets_and_fields_are_found() -> None:
    mapping = DeskMapping.model_validate(
        {"facets": {"site": {"from": "a"}}, "fields": {"colour": {"from": "b"}}}
    )
    assert [(name, lookup.from_) for name, lookup in mapping.lookups()] == [("site", "a"), ("colour", "b")]


def test_a_usage_row_has_one_key_in_the_house() -> None:
    assert UsageRow(source="licences", record="L-1", quantity=Decimal(1), start=DAY).key == "licences/L-1"


@pytest.mark.parametrize(("amount", "percent"), [("200", Decimal(66)), ("0", Decimal(0))])
def test_the_share_of_a_budget_is_rounded_down(amount: str, percent: Decimal) -> None:
    position = BudgetPosition(
        amount=Decimal(amount),
        currency="EUR",
        term=parse_period("2026"),
        spent=Decimal("133.99"),
        forecast=Decimal(300),
        warned=None,
    )
    assert position.percent == percent
