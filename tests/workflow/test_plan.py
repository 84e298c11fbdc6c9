"""The plan: edits of the files, in money, line by line, on open and closed periods, without a trace."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from connector.config.validate import Unreadable
from connector.http import ConfigError
from connector.model.change import Comparison, CustomerChange, Figures
from connector.model.decision import Decision, Kind
from connector.workflow.close import close_due
from connector.workflow.decide import decide
from connector.workflow.plan import plan
from connector.workflow.sides import affected, of_files, since
from tests.workflow.standins import Clock
from tests.workflow.written import (
    CONFIG,
    CUSTOMER,
    MAPPING,
    book,
    commit,
    git,
    opened,
    put,
    synced,
    write_house,
)

DEARER = CUSTOMER.replace("75.00", "80.00")
OTHER = CUSTOMER.replace("acme", "beta").replace("ACME GmbH", "Beta AG")


class Repository:
    """The house, closed up to March 2026 and open since, and its files to edit."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "billing"
        self.clock = Clock(datetime(2026, 4, 20, 6, tzinfo=UTC))
        self.house = write_house(root, self.clock)

    def plan(self, *names: str, months: int = 12, base: str = "HEAD") -> Comparison:
        house = opened(self.folder, self.clock)
        try:
            with since(house, base) as sides:
                return plan(sides, names, months)
        finally:
            house.close()

    def only(self, months: int = 12) -> CustomerChange:
        (found,) = self.plan(months=months).customers
        return found


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    made = Repository(tmp_path / "repository")
    for month, hours in ((1, 1), (2, 2), (4, 3)):
        book(made.house, hours, month=month, ticket=str(month))
    assert [invoice.net for one in close_due(made.house) for invoice in one.invoices] == [
        Decimal("115.00"),
        Decimal("190.00"),
        Decimal("40.00"),
    ]
    yield made
    made.house.close()


def figures(found: CustomerChange) -> list[tuple[str, bool, str, str]]:
    return [(str(one.period), one.closed, _net(one.old), _net(one.new)) for one in found.periods]


def _net(side: Figures | None) -> str:
    return str(side.net) if side else "-"


def test_without_an_edit_nothing_is_rated(repository: Repository) -> None:
    found = repository.plan()
    assert (found.customers, found.problems, found.differs) == ((), (), False)


def test_a_comment_changes_nothing(repository: Repository) -> None:
    put(repository.folder, f"# prices of 2026\n\n{CUSTOMER}")
    assert repository.plan().customers == ()


def test_a_price_is_planned_on_closed_and_open_periods(repository: Repository) -> None:
    put(repository.folder, DEARER)
    found = repository.only()
    assert (found.customer, found.file) == ("acme", "changed")
    assert figures(found) == [
        ("2026-01", True, "115.00", "120.00"),
        ("2026-02", True, "190.00", "200.00"),
        ("2026-03", True, "40.00", "40.00"),
        ("2026-04", False, "265.00", "280.00"),
    ]
    assert [one.difference for one in found.periods] == [*map(Decimal, ("5.00", "10.00", "0.00", "15.00"))]
    (change,) = found.periods[0].changes
    assert (change.before, change.after) == (Decimal("75.00"), Decimal("80.00"))
    assert [(one.key.ticket, one.key.price, one.number) for one in change.new] == [
        ("zammad/1", "80.00", "91")
    ]
    january = found.periods[0]
    assert january.old is not None
    assert january.new is not None
    assert (january.old.tax, january.new.tax) == (Decimal("21.85"), Decimal("22.80"))


@pytest.mark.parametrize(("months", "closed"), [(0, []), (1, ["2026-03"]), (2, ["2026-02", "2026-03"])])
def test_so_many_months_are_looked_at(repository: Repository, months: int, closed: list[str]) -> None:
    put(repository.folder, DEARER)
    found = repository.only(months=months)
    assert [str(one.period) for one in found.periods if one.closed] == closed


def test_it_leaves_no_trace(repository: Repository) -> None:
    put(repository.folder, DEARER)
    before = repository.house.store.path.read_bytes()
    status = git(repository.root, "status", "--porcelain")
    repository.plan()
    assert repository.house.store.path.read_bytes() == before
    assert git(repository.root, "status", "--porcelain") == status == "M billing/customers/acme.yaml"


def test_a_branch_is_held_against_another(repository: Repository) -> None:
    git(repository.root, "branch", "old-prices")
    put(repository.folder, DEARER)
    commit(repository.root, "Raise the price")
    assert repository.plan().customers == ()
    assert repository.plan(base="old-prices").customers[0].periods[-1].difference == Decimal("15.00")
    assert repository.plan(base="HEAD~1").old == "HEAD~1"


def test_a_fee_that_goes_and_one_that_comes(repository: Repository) -> None:
    put(repository.folder, CUSTOMER.replace("{id: base, amount: 40.00", "{id: flat, amount: 50.00"))
    april = repository.only(months=0).periods[0]
    assert [(one.key.ref, one.before, one.after) for one in april.changes] == [
        ("support/flat/2026-04", 0, Decimal("50.00")),
        ("support/base/2026-04", Decimal("40.00"), 0),
    ]


def test_a_new_and_a_removed_customer(repository: Repository) -> None:
    book(repository.house, 1, month=4, ticket="50", owner="Beta AG")
    put(repository.folder, OTHER, "beta")
    (repository.folder / "customers" / "acme.yaml").unlink()
    acme, beta = repository.plan().customers
    assert (acme.file, beta.file) == ("removed", "new")
    assert figures(acme) == [("2026-04", False, "265.00", "-")]  # what is billed stays billed
    assert figures(beta) == [
        ("2026-01", False, "-", "40.00"),
        ("2026-02", False, "-", "40.00"),
        ("2026-03", False, "-", "40.00"),
        ("2026-04", False, "-", "115.00"),
    ]
    assert beta.periods[-1].difference == Decimal("115.00")


def test_a_renamed_file_is_no_change(repository: Repository) -> None:
    git(repository.root, "mv", "billing/customers/acme.yaml", "billing/customers/acme-gmbh.yaml")
    assert repository.plan().customers == ()


def test_a_tax_of_the_configuration_is_taken_from_the_same_side(repository: Repository) -> None:
    (repository.folder / "config.yaml").write_text(CONFIG.replace("19%", "16%"), encoding="utf-8")
    found = repository.only(months=0)
    assert found.file == "same"
    (april,) = found.periods
    assert april.difference == 0
    assert april.differs
    assert april.old is not None
    assert april.new is not None
    assert (april.old.tax, april.new.tax) == (Decimal("50.35"), Decimal("42.40"))


def test_a_price_list_is_planned_for_those_who_share_it(repository: Repository) -> None:
    prices = repository.folder / "prices"
    prices.mkdir()
    listed = "price_list: {name}\nversions: [{{from: 2026-01-01, rates: [{{hourly: {price}.00 EUR}}]}}]\n"
    for name in ("standard", "other"):
        (prices / f"{name}.yaml").write_text(listed.format(name=name, price=60), encoding="utf-8")
    shared = CUSTOMER.replace("    rates:", "    price_list: standard\n    rates:")
    put(repository.folder, shared)
    commit(repository.root, "a shared price list")
    assert repository.plan().customers == ()
    (prices / "other.yaml").write_text(listed.format(name="other", price=70), encoding="utf-8")
    assert repository.plan().customers == ()
    (prices / "standard.yaml").write_text(listed.format(name="standard", price=70), encoding="utf-8")
    assert repository.only().file == "same"


def test_a_mapping_is_taken_from_the_same_side(repository: Repository) -> None:
    (repository.folder / "mapping.yaml").write_text(
        MAPPING.replace("Phone: phone", "Phone: on-site"), encoding="utf-8"
    )
    (april,) = repository.only(months=0).periods
    assert april.difference == Decimal("75.00")
    assert [(one.key.service, one.before, one.after) for one in april.changes] == [
        ("on-site", 0, Decimal("300.00")),
        ("phone", Decimal("225.00"), 0),
    ]


def test_work_that_goes_to_another_customer_is_planned_for_both(repository: Repository) -> None:
    put(repository.folder, OTHER, "beta")
    commit(repository.root, "Take on Beta")
    put(repository.folder, OTHER.replace("{organization: Beta AG}", "{organization: ACME GmbH}"), "beta")
    put(repository.folder, CUSTOMER.replace("{organization: ACME GmbH}", "{organization: Beta AG}"))
    acme, beta = repository.plan(months=0).customers
    assert acme.periods[0].difference == Decimal("-225.00")
    assert beta.periods[-1].difference == Decimal("225.00")


def test_a_customer_whose_work_another_file_takes_is_planned_too(repository: Repository) -> None:
    put(repository.folder, OTHER.replace("{organization: Beta AG}", "{organization: ACME GmbH}"), "beta")
    acme, beta = repository.plan(months=0).customers
    assert (acme.file, beta.file) == ("same", "new")
    assert acme.periods[0].difference == Decimal("-225.00")  # two files match, so nobody's: held
    assert acme.periods[0].new is not None
    assert acme.periods[0].new.net == Decimal("40.00")


def test_a_bad_file_is_told_and_the_others_go_on(repository: Repository) -> None:
    put(repository.folder, OTHER, "beta")
    commit(repository.root, "Take on Beta")
    put(repository.folder, CUSTOMER.replace("hourly: 75.00 EUR", "hourli: 75.00 EUR"))
    put(repository.folder, OTHER.replace("40.00 EUR", "45.00 EUR"), "beta")
    found = repository.plan()
    assert [one.customer for one in found.customers] == ["beta"]
    (problem,) = found.problems
    assert str(problem.source).endswith("customers/acme.yaml:12:34")
    assert "unknown key 'hourli'" in problem.message
    assert repository.plan("acme").customers == ()


def test_a_bad_file_of_the_base_is_named_as_git_does(repository: Repository) -> None:
    put(repository.folder, CUSTOMER.replace("tax: DE-19", "tax: DE-99"))
    commit(repository.root, "Spoil the tax")
    put(repository.folder, CUSTOMER)
    found = repository.plan()
    assert found.customers == ()
    assert [str(one.source) for one in found.problems] == ["HEAD:customers/acme.yaml:7:16"]


def test_a_bad_configuration_of_the_base_is_named_as_git_does(repository: Repository) -> None:
    config = repository.folder / "config.yaml"
    config.write_text(CONFIG.replace("timezone:", "timezon:"), encoding="utf-8")
    commit(repository.root, "Spoil the configuration")
    config.write_text(CONFIG, encoding="utf-8")
    with pytest.raises(Unreadable, match=r"^HEAD:config\.yaml:"):
        repository.plan()


def test_what_the_repository_does_not_hold_is_taken_as_it_is(repository: Repository) -> None:
    for name in ("config.yaml", "mapping.yaml"):
        git(repository.root, "rm", "--quiet", "--cached", f"billing/{name}")
    git(repository.root, "commit", "--quiet", "--message", "Keep the configuration out")
    put(repository.folder, DEARER)
    assert repository.only(months=0).periods[0].difference == Decimal("15.00")


def test_a_linked_file_is_followed(repository: Repository) -> None:
    shared = repository.root / "shared.yaml"
    (repository.folder / "customers" / "acme.yaml").rename(shared)
    (repository.folder / "customers" / "acme.yaml").symlink_to("../../shared.yaml")
    commit(repository.root, "Link the file")
    assert repository.plan().customers == ()
    shared.write_text(DEARER, encoding="utf-8")
    assert repository.only(months=0).periods[0].difference == Decimal("15.00")


def test_decisions_and_carried_time_count_on_both_sides(repository: Repository) -> None:
    house = repository.house
    waived = Decision(
        id="", kind=Kind.WAIVE, by="Mara", at=house.now(), why="agreed", customer="acme", target="zammad/1"
    )
    decide(house, waived)
    allowance = "    allowances: [{id: hours, of: 1h, carry_over: 1 month}]\n    rates:"
    put(repository.folder, CUSTOMER.replace("    rates:", allowance))
    found = repository.only()
    # January is waived; its hour is carried to February. April begins as the closes left it: with nothing.
    assert figures(found) == [
        ("2026-01", True, "40.00", "40.00"),
        ("2026-02", True, "190.00", "40.00"),
        ("2026-03", True, "40.00", "40.00"),
        ("2026-04", False, "265.00", "190.00"),
    ]


def test_late_work_is_in_the_closed_periods_of_both_sides(repository: Repository) -> None:
    book(repository.house, 4, month=2, ticket="7")
    put(repository.folder, DEARER)
    february = repository.only().periods[1]
    assert (february.old and february.old.net, february.new and february.new.net) == (
        Decimal("490.00"),
        Decimal("520.00"),
    )


def test_two_currencies_are_never_added(repository: Repository) -> None:
    put(
        repository.folder,
        CUSTOMER.replace("{tax: DE-19}", "{tax: DE-19, currency: CHF}").replace(" EUR", " CHF"),
    )
    (april,) = repository.only(months=0).periods
    assert (april.currency, april.difference, april.differs) == ("", None, True)


def test_two_files_need_no_repository(repository: Repository, tmp_path: Path) -> None:
    shutil.rmtree(repository.root / ".git")
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(CUSTOMER, encoding="utf-8")
    new.write_text(DEARER, encoding="utf-8")
    sides = of_files(repository.house, old, new)
    assert affected(sides) == ["acme"]
    found = plan(sides, (), 0)
    assert (found.old, found.new) == (str(old), str(new))
    assert found.customers[0].periods[0].difference == Decimal("15.00")
    new.write_text(OTHER, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"is of customer 'acme', .*new\.yaml of 'beta'"):
        of_files(repository.house, old, new)
    new.write_text(CUSTOMER.replace("tax: DE-19", "tax: DE-99"), encoding="utf-8")
    with pytest.raises(Unreadable, match=r"new\.yaml:7:16: tax 'DE-99' is not defined"):
        of_files(repository.house, old, new)


def test_what_cannot_be_compared_is_said(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="no customer 'nobody'; there are: acme"):
        repository.plan("nobody")
    with pytest.raises(ConfigError, match="has no revision 'nowhere'; name a branch, tag or commit"):
        repository.plan(base="nowhere")
    with pytest.raises(ConfigError, match="has no revision '--output=x'"):
        repository.plan(base="--output=x")
    shutil.rmtree(repository.root / ".git")
    with pytest.raises(ConfigError, match="is in no git repository that can be read"):
        repository.plan()
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ConfigError, match="git is not installed; install it, or name two files"):
        repository.plan()


def test_a_hook_of_git_does_not_lead_astray(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index.lock")
    put(repository.folder, DEARER)
    assert repository.only(months=0).periods[0].difference == Decimal("15.00")


def test_the_open_periods_follow_the_stored_position(repository: Repository) -> None:
    repository.clock.at = datetime(2026, 6, 2, 6, tzinfo=UTC)
    synced(repository.house)
    put(repository.folder, DEARER)
    assert figures(repository.only(months=0)) == [
        ("2026-04", False, "265.00", "280.00"),
        ("2026-05", False, "40.00", "40.00"),
        ("2026-06", False, "40.00", "40.00"),
    ]
