"""Tickets and time as recorded from a running Zammad and a running GLPI, billed in a real Tryton.

All figures here are worked out by hand from the recorded entries and the contracts in `house/customers`.
"""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from connector.demo.tryton_server import running_tryton
from connector.model.invoice import DocumentState, InvoiceKind
from connector.model.statement import Fate
from tests.real.rounds import Carried, Round, carry

pytestmark = pytest.mark.xdist_group("tryton")

#: By round and customer: role, ticket number, service, billed seconds and net amount of each line.
LINES = {
    # GLPI 8/14: 30 min on site at 120.00. (Zammad 2/21, 1 min at 23:29 of 31 October in Berlin, is included.)
    ("october", "acme"): [("charge", "8", "on-site", 1800, "60.00")],
    # 1 h at 80.00; 40 min, rounded to 45, at 80.00; the fee. (30 min of warranty are free.)
    ("october", "lindner"): [
        ("charge", "6", "on-site", 3600, "80.00"),
        ("charge", "7", "on-site", 2700, "60.00"),
        ("charge", "", "", 0, "25.00"),
    ],
    # Ticket 1: 2 h 10 min, rounded to 2:15, at 95.00 in Werk Nord. Phone: 40 min (private), rounded to 45,
    # and 15 of the 60 min of 12 October (50 worked) fill the allowance of 1 h; 45 min at 72.00, and on 13
    # October 20 min, rounded to 30, at 72.00. Ticket 2: 20:30 to 23:30, less the correction of 30 min, at
    # 150.00 by night; 1 h of maintenance is included. Ticket 5: 1 h at 110.00. The fee.
    ("october", "mueller"): [
        ("charge", "1", "on-site", 8100, "213.75"),
        ("charge", "1", "phone", 2700, "54.00"),
        ("charge", "2", "on-site", 9000, "375.00"),
        ("charge", "3", "phone", 1800, "36.00"),
        ("charge", "5", "on-site", 3600, "110.00"),
        ("charge", "", "", 0, "49.00"),
    ],
    # Remote, rounded to 5 min, with 30 min included: 2 (of 1 November, 00:28 in Berlin) takes 5, the 30 of
    # ticket 15002 take 25, and 5 of them remain. Then 15, 8 (10), 3 (5) and 3 (5), at 90.00. On site, rounded
    # to 15 min, at 120.00: 35 (45) and 7.5 (15); in GLPI 70 (75).
    ("november", "acme"): [
        ("charge", "15002", "on-site", 2700, "90.00"),
        ("charge", "15002", "remote", 300, "7.50"),
        ("charge", "15002", "remote", 300, "7.50"),
        ("charge", "15002", "remote", 300, "7.50"),
        ("charge", "15003", "on-site", 900, "30.00"),
        ("charge", "15003", "remote", 900, "22.50"),
        ("charge", "15015", "remote", 600, "15.00"),
        ("charge", "8", "on-site", 4500, "150.00"),
    ],
    # 5 min and 33.33 min (1999.8 s, so 2000 s: 33.333...) at 60.00.
    ("november", "globex"): [
        ("charge", "15008", "travel", 300, "5.00"),
        ("charge", "15012", "travel", 2000, "33.33"),
    ],
    # Ticket 7 went into the trash.
    ("november", "lindner"): [
        ("charge", "", "", 0, "25.00"),
        ("correction", "7", "on-site", -2700, "-60.00"),
    ],
    # 2 h at 95.00. October again: entry 1/1 was cut to 1 h 40 min, rounded to 1:45, 166.25 instead of 213.75;
    # 1/3 was deleted; ticket 3 was merged into ticket 1, which copied 3/8 and put the original away. Of the
    # copy's 30 min the allowance, of which 1/3 takes nothing any more, now covers 15.
    ("november", "mueller"): [
        ("charge", "10", "on-site", 7200, "190.00"),
        ("charge", "", "", 0, "49.00"),
        ("late", "1", "phone", 900, "18.00"),
        ("correction", "1", "on-site", -1800, "-47.50"),
        ("correction", "1", "phone", -2700, "-54.00"),
        ("correction", "3", "phone", -1800, "-36.00"),
    ],
}
#: Net, 19 % of it, gross. 119.50 x 19 % = 22.705 is rounded half up.
TOTALS = {
    ("october", "acme"): ("60.00", "11.40", "71.40"),
    ("october", "lindner"): ("165.00", "31.35", "196.35"),
    ("october", "mueller"): ("837.75", "159.17", "996.92"),
    ("november", "acme"): ("330.00", "62.70", "392.70"),
    ("november", "globex"): ("38.33", "7.28", "45.61"),
    ("november", "lindner"): ("-35.00", "-6.65", "-41.65"),
    ("november", "mueller"): ("119.50", "22.71", "142.21"),
}


@pytest.fixture(scope="module")
def carried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Carried]:
    folder = tmp_path_factory.mktemp("real")
    with running_tryton(folder / "tryton") as tryton:
        yield carry(folder, tryton)


def at(carried: Carried, month: str) -> Round:
    return carried.october if month == "october" else carried.november


def test_all_work_comes_in(carried: Carried) -> None:
    first, second = carried.october.synced, carried.november.synced
    assert {desk: (report.tickets, report.counts.new) for desk, report in first.items()} == {
        "zammad": (11, 17),
        "glpi": (10, 16),  # and a task to do, of December, that is no work yet
    }
    counts = second["glpi"].counts
    assert (counts.new, counts.changed, counts.deleted, counts.unchanged) == (1, 1, 3, 12)
    reports = [*first.values(), *second.values()]
    assert all(report.complete and not report.problems for report in reports)


@pytest.mark.parametrize(("month", "customer"), LINES)
def test_every_line_is_right_and_explained(carried: Carried, month: str, customer: str) -> None:
    done = at(carried, month)
    lines = done.invoices[customer].lines
    assert [
        (line.role.value, line.number, line.key.service, line.seconds, str(line.amount)) for line in lines
    ] == LINES[month, customer]
    explained = done.explained[customer]
    assert [each.amount for each in explained] == [line.amount for line in lines]
    assert all(each.proven for each in explained)


@pytest.mark.parametrize(("month", "customer"), TOTALS)
def test_the_books_hold_the_same_to_the_cent(carried: Carried, month: str, customer: str) -> None:
    done = at(carried, month)
    invoice, (receipt,) = done.invoices[customer], done.stand[customer]
    net, tax, gross = map(Decimal, TOTALS[month, customer])
    assert (invoice.net, invoice.tax, invoice.gross) == (net, tax, gross)
    assert (receipt.net, receipt.tax, receipt.gross) == (net, tax, gross)
    assert receipt.lines == tuple(line.amount for line in invoice.lines)
    assert (receipt.state, bool(receipt.number)) == (DocumentState.POSTED, True)
    assert (invoice.kind is InvoiceKind.CREDIT_NOTE) == (net < 0)


def test_nothing_else_is_billed(carried: Carried) -> None:
    rounds = {"october": carried.october, "november": carried.november}
    assert [(month, name) for month, done in rounds.items() for name in done.invoices] == list(TOTALS)
    assert not any(closed.skipped for done in rounds.values() for closed in done.closed)
    assert not any(each.reason for done in rounds.values() for each in done.pushed[0].documents)


@pytest.mark.parametrize(
    ("month", "customer", "held"),
    [
        ("october", "mueller", {"glpi/4/9": (1800, "rate_hold")}),  # a task without category
        (
            "november",
            "acme",
            {
                "zammad/11/12": (1200, "rate_hold"),  # no activity type
                "zammad/2/17": (-540, "correction_unmatched"),  # -10 min, of which 1 min finds a partner
            },
        ),
    ],
)
def test_held_work_says_why(
    carried: Carried, month: str, customer: str, held: dict[str, tuple[int, str]]
) -> None:
    statement = at(carried, month).previews[customer].statement
    codes = {problem.about: problem.code for problem in statement.problems}
    found = [item for item in statement.items if item.fate is Fate.HELD]
    assert {item.work: (item.real, codes[item.work]) for item in found} == held


def test_what_is_free_says_why(carried: Carried) -> None:
    """Zammad 2/25 was booked as "abc", which Zammad made a zero; 2/26 as "1,5", which it made a 1."""
    items = carried.november.previews["acme"].statement.items
    assert [(item.work, item.real, item.reason) for item in items if item.fate is Fate.FREE] == [
        ("zammad/2/25", 0, "no time"),
        ("zammad/2/26", 60, "taken back by a correction"),
        ("zammad/2/17", -60, "corrects zammad/2/26"),
    ]
    items = carried.october.previews["lindner"].statement.items
    assert [(item.work, item.reason) for item in items if item.fate is Fate.FREE] == [
        ("glpi/6/12", "we repair our own mistakes at no charge")
    ]


def test_work_of_no_known_customer_is_held_for_the_house(carried: Carried) -> None:
    assert [(seen.entry.key, seen.entry.seconds) for seen in carried.november.unowned] == [
        ("glpi/9/16", 300),  # on the root entity
        ("zammad/9/10", 7200),  # of a customer without an organization
        ("zammad/13/14", 600),
    ]


def test_a_billed_ticket_that_moved_asks_a_person(carried: Carried) -> None:
    (problem,) = [one for one in carried.november.previews["mueller"].problems if one.about == "glpi/5/10"]
    assert problem.code == "customer_changed"
    assert "names lindner (Root entity > Lindner <Bau> AG)" in problem.message


def test_desks_ledger_and_books_agree(carried: Carried) -> None:
    assert (carried.found.differences, carried.found.unchecked) == ((), {})


def test_a_third_round_changes_nothing(carried: Carried) -> None:
    assert [(report.desk, report.complete) for report in carried.again] == [("zammad", True), ("glpi", True)]
    counts = [report.counts for report in carried.again]
    assert not any(each.new or each.changed or each.deleted for each in counts)
    assert carried.more == []
