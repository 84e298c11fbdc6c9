"""Histories that the laws once broke on, written down: each ends well now, with these figures."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from connector.model.decision import Kind
from connector.model.period import parse_period
from connector.model.work import Survey
from connector.store import ledger
from connector.workflow import explain as explaining
from connector.workflow.account import open_account
from connector.workflow.close import close
from connector.workflow.statements import house_statement, preview
from tests.laws.test_restarts import GatedHistory, History

JANUARY, FEBRUARY = date(2026, 1, 20), date(2026, 2, 14)


@pytest.fixture
def history() -> Iterator[GatedHistory]:
    told = GatedHistory()
    yield told
    told.town.remove()


def documents(history: History, name: str) -> list[str]:
    """The net of the time on each of a customer's documents, oldest first."""
    stored = ledger.invoices(history.town.house.store, customer=name)
    lines = [[line.amount for line in one.invoice.lines if line.key.kind == "work"] for one in stored]
    return [str(sum(amounts, Decimal(0))) for amounts in lines if amounts]


def by_month(history: History, name: str) -> dict[str, str]:
    """What is billed for time, by the month of the work."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for key, one in ledger.billed(history.town.house.store, name).items():
        if key.kind == "work":
            sums[key.period[:7]] += one.amount
    return {month: str(amount) for month, amount in sums.items() if amount}


def test_entry_of_days_reaches_into_the_next_month(history: History) -> None:
    # 10:00 on 26 February to 14:00 on 2 March in Berlin: 62 h, 24 of them at night; then 38 h, 16 at night.
    history.book("1", date(2026, 2, 26), 9, 6000, "on-site")
    history.judge()
    assert by_month(history, "acme") == {"2026-02": "4300.00", "2026-03": "2700.00"}


def test_deleted_work_is_claimed_no_longer(history: History) -> None:
    entry = history.book("1", JANUARY, 9, 90, "on-site")
    history.close(["acme"])
    history.delete(entry)
    history.close(["acme"])
    assert ledger.claims(history.town.house.store, "acme") == {}
    history.judge()
    assert documents(history, "acme") == ["75.00", "-75.00"]


def test_work_that_moves_to_another_month_is_claimed_there_only(history: History) -> None:
    entry = history.book("1", JANUARY, 9, 90, "on-site")
    history.close(["acme"])
    history.edit(entry, FEBRUARY, 9, 90, "on-site")
    history.close(["acme"])
    (claim,) = ledger.claims(history.town.house.store, "acme")
    assert claim == (f"desk/{entry}", date(2026, 2, 1))
    history.judge()
    assert documents(history, "acme") == ["75.00", "0.00"]
    assert by_month(history, "acme") == {"2026-02": "75.00"}


def test_first_document_stays_explained_after_its_work_changed_hands(history: History) -> None:
    entry = history.book("1", JANUARY, 9, 90, "on-site")
    history.close(["acme", "bolt"])
    history.reassign(entry, "bolt")
    history.close(["bolt", "acme"])
    history.judge()
    assert documents(history, "acme") == ["75.00", "-75.00"]
    assert by_month(history, "bolt") == {}  # 90 min are in the allowance


def test_work_that_changes_hands_twice_is_billed_to_the_last_customer(history: History) -> None:
    entry = history.book("1", FEBRUARY, 9, 600, "on-site")
    history.close(["acme", "acme", "bolt"])
    history.reassign(entry, "bolt")
    history.close(["bolt"])
    history.reassign(entry, "cora", whole=True)
    history.close(["cora"])
    history.judge()
    assert documents(history, "acme") == ["500.00", "-500.00"]
    assert documents(history, "bolt") == ["200.00", "-200.00"]  # 3 h of the month and 3 h of January are free
    assert documents(history, "cora") == ["500.00"]


def test_keep_of_an_entry_outweighs_an_earlier_reassign_of_its_ticket(history: History) -> None:
    kept = history.book("1", FEBRUARY, 9, 90, "on-site")
    history.book("1", FEBRUARY, 23, 120, "on-site")
    history.reassign(kept, "cora", whole=True)
    history.say(kept, Kind.KEEP)
    history.judge()
    assert by_month(history, "acme") == {"2026-02": "75.00"}
    assert by_month(history, "cora") == {"2026-02": "100.00"}


def test_reassign_of_a_ticket_outweighs_an_earlier_one_of_an_entry(history: History) -> None:
    entry = history.book("1", FEBRUARY, 9, 600, "on-site")
    history.reassign(entry, "bolt")
    history.reassign(entry, "cora", whole=True)
    history.judge()
    assert (by_month(history, "bolt"), by_month(history, "cora")) == ({}, {"2026-02": "500.00"})


def test_keep_brings_work_back_even_after_the_other_customer_was_billed(history: History) -> None:
    entry = history.book("1", FEBRUARY, 9, 90, "on-site")
    history.reassign(entry, "cora")
    history.close(["cora"])
    history.say(entry, Kind.KEEP)
    history.judge()
    assert documents(history, "cora") == ["75.00", "-75.00"]
    assert by_month(history, "acme") == {"2026-02": "75.00"}


def test_work_whose_customer_is_known_late_is_billed_late(history: History) -> None:
    history.book("3", FEBRUARY, 9, 60, "on-site")
    history.close(["cora"])
    assert house_statement(history.town.house)[1] == 3600
    history.know_the_stranger()
    history.previews_agree()
    history.close(["cora"])
    history.judge()
    assert documents(history, "cora") == ["50.00"]
    assert house_statement(history.town.house)[1] == 0


def test_ticket_that_two_customers_share_is_corrected_for_each(history: History) -> None:
    first = history.book("1", JANUARY, 9, 60, "on-site")
    second = history.book("1", JANUARY, 23, 600, "on-site")
    history.reassign(second, "bolt")
    history.close(["acme", "bolt"])
    history.edit(second, JANUARY, 23, 300, "on-site")
    history.edit(first, JANUARY, 9, 120, "on-site")
    history.judge()
    assert documents(history, "acme") == ["50.00", "50.00"]
    assert documents(history, "bolt") == ["350.00", "-250.00"]


def test_late_work_of_a_closed_month_has_the_price_of_its_close(history: History) -> None:
    history.book("1", JANUARY, 9, 60, "on-site")
    history.close(["acme"])
    history.edit_contract("acme", 80)
    history.book("1", JANUARY, 12, 30, "on-site")
    history.book("1", FEBRUARY, 9, 60, "on-site")
    history.judge()
    assert by_month(history, "acme") == {"2026-01": "75.00", "2026-02": "80.00"}


def test_survey_that_turns_bad_after_billing_changes_no_amount(history: GatedHistory) -> None:
    history.book("1", JANUARY, 9, 60, "on-site")
    history.close(["acme"])
    history.answer("1", Survey.BAD)
    history.book("1", JANUARY, 11, 60, "on-site")  # held
    history.say("1/e2", Kind.CHARGE)
    history.judge()
    assert documents(history, "acme") == ["50.00", "50.00"]


def test_document_that_arrived_unheard_is_not_sent_again(history: History) -> None:
    history.book("1", JANUARY, 9, 60, "on-site")
    history.close(["acme"])
    history.send("after", down=True)
    history.restart()
    history.send(None)
    assert [(one.reference, str(one.net)) for one in history.town.books.documents] == [
        ("db-2026-0001", "89.80")  # with 2 x 19.90 in advance
    ]
    history.judge()


def rebase_january(history: History) -> None:
    """Let the closed January of ACME come to something else, as another library or engine would."""
    history.edit_contract("acme", 80)
    account = open_account(history.town.house, "acme")
    basis = account.basis.model_dump_json(by_alias=True, exclude_defaults=True)
    january = parse_period("2026-01")
    ledger.rebase(history.town.house.store, "acme", january, basis, "nobody", "said so", history.town.clock())


@pytest.mark.parametrize("also_reassigned", [False, True])
def test_difference_without_a_fact_is_withheld_whatever_else_changed(
    history: History, also_reassigned: bool
) -> None:
    history.book("1", JANUARY, 9, 60, "on-site")
    second = history.book("1", JANUARY, 19, 90, "on-site")
    history.close(["acme"])
    rebase_january(history)
    if also_reassigned:
        history.reassign(second, "bolt")
    else:
        history.delete(second)
    (shown,) = preview(history.town.house, None, ["acme"])
    assert [(one.code, str(one.amount)) for one in shown.problems] == [("engine_difference", "30.00")]
    assert [str(line.amount) for line in shown.invoices[0].lines] == ["19.90"]
    (closed,) = close(history.town.house, None, ["acme"])
    assert closed.skipped == ""
    (later,) = preview(history.town.house, None, ["acme"])  # the close did not make it go quiet
    assert [one.code for one in later.problems] == ["engine_difference"]


def test_accepted_difference_is_billed_and_explained(history: History) -> None:
    history.book("1", JANUARY, 9, 60, "on-site")
    history.close(["acme"])
    history.edit_contract("acme", 80)
    history.apply("acme", date(2026, 1, 15))
    history.judge()
    assert documents(history, "acme") == ["50.00", "30.00"]
    reference = ledger.invoices(history.town.house.store, customer="acme")[1].invoice.reference
    assert all(one.proven for one in explaining.explain(history.town.house, reference))
