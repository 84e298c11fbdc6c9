"""Usage in the house: what is late, changed or gone becomes a correction; each record has one fate."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.http import ConfigError
from connector.model.basis import Origin
from connector.model.contract import Customer
from connector.model.period import Period, parse_period
from connector.model.settings import UsageSettings
from connector.model.usage_mapping import UsageMapping
from connector.report.costs import costs, profits, trends
from connector.store.usage import find_usage, known_files
from connector.store.work import mark_synced
from connector.workflow.close import apply_contract, close
from connector.workflow.conservation import conservation
from connector.workflow.explain import explain
from connector.workflow.house import House
from connector.workflow.standing import standing
from connector.workflow.statements import preview
from connector.workflow.sync import sync
from connector.workflow.taken import taken
from connector.workflow.usage import UsageReport, house_usage, sync_usage
from connector.workflow.usage_trial import tried
from tests.workflow.standins import ACME, APRIL, MARCH, Clock, FakeBooks, FakeDesk, make_house

LICENCES: dict[str, Any] = {
    "stands": "yes",
    "complete": "yes",
    "constants": {"unit": "licence"},
    "columns": {"id": "id", "start": "from", "end": "to", "unit": "unit", "cost": "cost"},
    "owner": "customer",
    "facets": {"article": {"from": "product", "as_is": "yes"}, "contact": {"from": "user", "as_is": "yes"}},
}
PARTS: dict[str, Any] = {
    "format": "jsonl",
    "stands": "no",
    "complete": "no",
    "columns": {
        "id": "id",
        "on": "on",
        "quantity": "n",
        "cost": "cost",
        "ticket": {"column": "ticket", "desk": "zammad"},
    },
    "facets": {"article": {"from": "part", "as_is": "yes"}},
}
HEAD = "id,customer,product,user,from,to,cost"
MAY = parse_period("2026-05")


@pytest.fixture
def house(tmp_path: Path, desk: FakeDesk, books: FakeBooks, clock: Clock) -> Iterator[House]:
    """ACME pays 9.90 for each licence a month, to the day, and parts at cost and 50 %; Globex 5.00."""
    made = make_house(tmp_path, clock=clock, desks={"zammad": desk}, books={"tryton": books})
    sources = {
        "licences": UsageSettings.model_validate({"files": "usage/*.csv", "mapping": "-"}),
        "parts": UsageSettings.model_validate({"files": "usage/*.jsonl", "mapping": "-"}),
    }
    made.settings = made.settings.model_copy(update={"usage": sources})
    made.usage_mappings = {
        "licences": UsageMapping.model_validate(LICENCES),
        "parts": UsageMapping.model_validate(PARTS),
    }
    acme, globex = customer("acme", "ACME GmbH", "9.90 EUR"), customer("globex", "Globex Ltd", "5.00 EUR")
    made.customers, made.origins = {"acme": acme, "globex": globex}, {"acme": Origin(), "globex": Origin()}
    (tmp_path / "usage").mkdir()
    mark_synced(made.store, "zammad", clock.at, clock.at)
    yield made
    made.close()


def customer(name: str, organization: str, price: str, **more: Any) -> Customer:
    usage = [
        {"id": "licence", "when": {"article": "office"}, "each": price, "per": "month", "prorate": "days"},
        {"id": "part", "when": {"article": ["ssd"]}, "cost_plus": "50%"},
    ]
    contract = {**ACME["contracts"][0], "usage": usage}
    match = {"zammad": {"organization": organization}, "licences": {"customer": organization}}
    told = {**ACME, "customer": name, "match": match, "contracts": [contract], **more}
    return Customer.model_validate(told)


def licence(number: int, end: str = "", owner: str = "ACME GmbH", start: str = "2026-03-01") -> str:
    return f"L-{number},{owner},office,user{number},{start},{end},7.00"


def write(house: House, *rows: str, file: str = "a.csv") -> UsageReport:
    """Write a file of licences and read it."""
    (house.path.parent / "usage" / file).write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")
    (report,) = sync_usage(house, ["licences"])
    return report


def use(house: House, *rows: str) -> UsageReport:
    """Write a file of parts and read it."""
    (house.path.parent / "usage" / "p.jsonl").write_text("\n".join(rows), encoding="utf-8")
    (report,) = sync_usage(house, ["parts"])
    return report


def net(house: House, period: Period, name: str = "acme") -> Decimal:
    (shown,) = preview(house, period, [name])
    return shown.net


def bill(house: House, period: Period, name: str = "acme") -> Decimal:
    (closed,) = close(house, period, [name])
    assert not closed.skipped, closed.skipped
    return sum((one.net for one in closed.invoices), Decimal(0))


def codes(report: UsageReport) -> list[str]:
    return [problem.code for problem in report.problems]


def fates(house: House, name: str = "acme") -> dict[str, int]:
    found = next(one for one in conservation(house) if one.customer == name)
    assert found.lost == ()
    return {fate: count for fate, count in found.usage.items() if count}


def test_what_is_late_changed_or_gone_becomes_a_correction(house: House, clock: Clock) -> None:
    write(house, licence(1), licence(2), licence(3))
    assert bill(house, MARCH) == Decimal("29.70")
    assert fates(house) == {"billed": 3, "open": 3}  # April has begun
    # Number 1 was given back on 11 March (10 of 31 days: 3.19), 2 was never there, 4 is late.
    write(house, licence(1, "2026-03-11"), licence(3), licence(4))
    clock.forward(days=30)
    mark_synced(house.store, "zammad", clock.at, clock.at)
    april, march = 2 * Decimal("9.90"), Decimal("3.19") + 2 * Decimal("9.90")
    assert net(house, APRIL) == april + march - Decimal("29.70")
    bill(house, APRIL)
    assert net(house, MAY) == Decimal("19.80")
    assert fates(house) == {"billed": 5, "open": 2}


def test_every_amount_of_usage_can_be_explained_again(house: House, clock: Clock) -> None:
    write(house, licence(1), licence(2))
    bill(house, MARCH)
    write(house, licence(1, "2026-03-11"), licence(2))
    clock.forward(days=30)
    mark_synced(house.store, "zammad", clock.at, clock.at)
    bill(house, APRIL)
    for reference in ("db-2026-0001", "db-2026-0002"):
        assert all(each.proven for each in explain(house, reference))


def test_a_row_that_names_another_customer_moves_with_its_money(house: House, clock: Clock) -> None:
    write(house, licence(1), licence(2))
    assert (bill(house, MARCH), bill(house, MARCH, "globex")) == (Decimal("19.80"), Decimal(0))
    write(house, licence(1), licence(2, owner="Globex Ltd"))
    clock.forward(days=30)
    mark_synced(house.store, "zammad", clock.at, clock.at)
    assert bill(house, APRIL) == Decimal("9.90") - Decimal("9.90")
    assert bill(house, APRIL, "globex") == 2 * Decimal("5.00")
    assert net(house, MAY) == Decimal("9.90")
    assert net(house, MAY, "globex") == Decimal("5.00")


def test_usage_of_nobody_is_held_until_a_file_names_its_owner(house: House, clock: Clock) -> None:
    write(house, licence(1, owner="Nova AG"))
    bill(house, MARCH)
    assert [seen.row.key for seen in house_usage(house)] == ["licences/L-1"]
    assert [one.usage["held"] for one in conservation(house)] == [0, 0, 1]
    assert "no customer is known for 1 usage records" in str(
        [one.message for one in standing(house, 60).problems]
    )
    match = {"zammad": {"organization": "ACME GmbH"}, "licences": {"customer": ["ACME GmbH", "Nova AG"]}}
    house.customers = {**house.customers, "acme": customer("acme", "ACME GmbH", "9.90 EUR", match=match)}
    assert net(house, APRIL) == 2 * Decimal("9.90")  # March's late, and April's
    assert house_usage(house) == []


def test_what_a_closed_period_claims_stays_where_it_is(house: House, clock: Clock) -> None:
    write(house, licence(1))
    bill(house, MARCH)
    match = {"licences": {"customer": ["Globex Ltd", "ACME GmbH"]}}
    house.customers = {
        "acme": customer("acme", "ACME GmbH", "9.90 EUR", match={}),
        "globex": customer("globex", "Globex Ltd", "5.00 EUR", match=match),
    }
    assert net(house, APRIL) == 0
    assert [one.net for one in preview(house, APRIL, ["globex"])] == [Decimal("5.00")]


def test_parts_go_to_the_owner_of_their_ticket(house: House, desk: FakeDesk, clock: Clock) -> None:
    report = use(house, '{"id": 1, "on": "2026-03-12", "n": 2, "part": "ssd", "cost": 60.00, "ticket": "97"}')
    assert (codes(report), len(house_usage(house))) == (["usage_ticket"], 1)
    desk.put("7", a=3600)
    sync(house)
    (report,) = sync_usage(house, ["parts"])  # the ticket has come: the file is read again
    assert (codes(report), report.counts.changed, house_usage(house)) == ([], 1, [])
    (shown,) = preview(house, MARCH, ["acme"])
    (line,) = [line for line in shown.statement.lines if line.key.kind == "usage"]
    assert (line.key.ticket, line.number, line.amount) == ("zammad/7", "97", Decimal("180.00"))
    (again,) = sync_usage(house, ["parts"])
    assert again.read == 0


def test_what_no_row_prices_is_held_and_mended_by_an_applied_contract(house: House) -> None:
    use(house, "")
    write(house, licence(1).replace("office", "mail"))
    bill(house, MARCH)
    assert fates(house) == {"held": 2}  # March's, and April's
    (shown,) = preview(house, APRIL, ["acme"])
    assert [one.code for one in shown.problems] == ["held_in_closed"]
    assert "and 1 usage records" in str([one.message for one in standing(house, 60).problems])
    contract = {
        **ACME["contracts"][0],
        "usage": [{"id": "mail", "when": {"article": "mail"}, "each": "2.00 EUR", "per": "month"}],
    }
    house.customers = {
        **house.customers,
        "acme": customer("acme", "ACME GmbH", "1.00 EUR", contracts=[contract]),
    }
    assert net(house, APRIL) == Decimal("2.00")
    apply_contract(house, "acme", date(2026, 3, 1), "Mara", "price was missing")
    assert net(house, APRIL) == Decimal("4.00")


def test_a_bad_row_keeps_what_is_known_and_the_rest_goes_on(house: House) -> None:
    write(house, licence(1), licence(2), licence(3))
    report = write(house, licence(1), licence(2, start="tomorrow"), licence(4))
    assert [(one.code, str(one.source)[-9:]) for one in report.problems] == [("usage_row", "a.csv:3:1")]
    assert (report.counts.new, report.counts.deleted) == (1, 1)  # 4 came, 3 is gone, 2 stands
    assert find_usage(house.store, "licences/L-2")[0].row.start == date(2026, 3, 1)
    assert [one.code for one in standing(house, 60).problems] == ["usage_row"]


def test_nothing_is_missing_from_a_file_with_a_row_that_names_no_record(house: House) -> None:
    write(house, licence(1), licence(2), licence(3))
    report = write(house, licence(1), licence(2), licence(3).replace("L-3", ""))
    assert (codes(report), report.counts.deleted) == (["usage_row"], 0)


def test_half_a_file_is_not_believed_unless_a_person_says_so(house: House) -> None:
    write(house, licence(1), licence(2), licence(3))
    report = write(house, licence(1))
    assert (codes(report), report.counts.deleted) == (["usage_shrunk"], 0)
    (report,) = sync_usage(house, ["licences"], believe=True)
    assert (codes(report), report.counts.deleted) == ([], 2)
    report = write(house, licence(1), licence(2))  # it is back
    assert (report.counts.new, find_usage(house.store, "licences/L-3")) == (1, [])


def test_a_record_that_two_files_tell_is_that_of_the_first(house: House) -> None:
    write(house, licence(1))
    report = write(house, licence(1, "2026-03-02"), licence(2), file="b.csv")
    assert codes(report) == ["usage_twice"]
    assert find_usage(house.store, "licences/L-1")[0].row.end is None
    (house.path.parent / "usage" / "a.csv").unlink()  # renamed, say
    (report,) = sync_usage(house, ["licences"])
    assert (codes(report), report.counts.changed) == ([], 1)
    assert find_usage(house.store, "licences/L-1")[0].file == "usage/b.csv"
    assert [name for _, name in known_files(house.store)] == ["usage/b.csv"]


def test_a_file_that_cannot_be_read_and_a_source_without_files_are_told(house: House) -> None:
    (empty,) = sync_usage(house, ["parts"])
    assert (codes(empty), empty.files) == (["usage_file"], 0)
    (house.path.parent / "usage" / "a.csv").write_bytes(b"id\n\xe4")
    (broken,) = sync_usage(house, ["licences"])
    assert codes(broken) == ["usage_file"]
    with pytest.raises(ConfigError, match=r"no usage\.disks; it has: licences, parts"):
        sync_usage(house, ["disks"])


def test_a_mapping_is_tried_without_keeping_anything(house: House, tmp_path: Path) -> None:
    file = tmp_path / "try.csv"
    file.write_text("\n".join([HEAD, licence(1), licence(2, owner="Nova AG"), ""]), encoding="utf-8")
    found = tried(house, file, "licences")
    assert [(each.record.key, each.customer) for each in found.records] == [
        ("licences/L-1", "acme"),
        ("licences/L-2", ""),
    ]
    assert [problem.code for problem in found.problems] == ["customer_unknown"]
    file.write_text("id,product\n", encoding="utf-8")
    assert [problem.code for problem in tried(house, file, "licences").problems] == ["usage_file"]
    assert find_usage(house.store, "licences/L-1") == []


def test_costs_trends_and_profit_come_to_the_net(house: House, desk: FakeDesk, clock: Clock) -> None:
    desk.put("7", a=6 * 3600)  # 5 h are included, 1 h is 75.00
    sync(house)
    write(house, licence(1), licence(2, "2026-03-11"))
    bill(house, MARCH)
    found = list(taken(house, MARCH, ["acme"]))
    assert sum(each.share.amount for each in found) == Decimal("75.00") + Decimal("9.90") + Decimal("3.19")
    by_person = {row.key[0]: (row.work, row.usage) for row in costs(found, "person")}
    assert by_person == {
        "": (Decimal("75.00"), 0),
        "user1": (0, Decimal("9.90")),
        "user2": (0, Decimal("3.19")),
    }
    (row,) = profits(found, "customer")
    assert (row.revenue, row.cost, row.unknown) == (Decimal("88.09"), 7 + 7 * Decimal(10) / 31, 6 * 3600)
    months = {
        (row.key, row.amount) for row in trends(taken(house, Period(MARCH.start, APRIL.end)), "article")
    }
    assert months == {
        (("2026-03", ""), Decimal("75.00")),
        (("2026-03", "office"), Decimal("13.09")),
        (("2026-04", "office"), Decimal("9.90")),
    }


def test_a_budget_warns_before_it_is_passed(house: House, clock: Clock) -> None:
    budget = {"amount": "100.00 EUR", "per": "quarter", "warn_at": ["40%"]}
    house.customers = {"acme": customer("acme", "ACME GmbH", "9.90 EUR", budget=budget)}
    house.origins = {"acme": Origin()}
    clock.at = datetime(2026, 5, 4, 6, tzinfo=UTC)
    write(house, *map(licence, range(1, 5)))  # 39.60 a month: 118.80 in the second quarter
    mark_synced(house.store, "zammad", clock.at, clock.at)
    bill(house, MARCH)
    (shown,) = preview(house, APRIL, ["acme"])
    assert shown.budget is not None
    assert (shown.budget.spent, shown.budget.percent, shown.budget.warned) == (
        Decimal("39.60"),
        Decimal(39),
        None,
    )
    assert shown.budget.forecast == Decimal("117.00")  # 39.60 on 22 of 65 workdays
    assert [problem.code for problem in shown.problems] == ["budget_warning"]
    assert [one.code for one in standing(house, 60).problems] == ["budget_warning"]
    bill(house, APRIL)
    (shown,) = preview(house, MAY, ["acme"])
    assert shown.budget is not None
    assert (shown.budget.spent, shown.budget.warned) == (Decimal("79.20"), Decimal(40))


def test_a_copy_of_the_house_knows_no_usage(house: House) -> None:
    write(house, licence(1))
    house.usage_mappings = {}
    (shown,) = preview(house, MARCH, ["acme"])
    assert [problem.code for problem in shown.statement.problems] == ["usage_source_unknown"]
    assert shown.net == 0


def test_a_usage_record_is_explained_period_by_period(house: House, clock: Clock) -> None:
    write(house, licence(1), licence(2), licence(3, owner="Nobody"))
    shown = explain(house, "licences/L-1")
    assert shown[0].title.startswith("licences/L-1 in 2026-03: ")
    assert [each.record for each in shown[0].usage] == ["licences/L-1"]
    with pytest.raises(ConfigError, match="no customer file's 'match' has these words"):
        explain(house, "licences/L-3")
    with pytest.raises(ConfigError, match="there is no usage record 'licences/L-9'"):
        explain(house, "licences/L-9")
