"""How the house stands: when a cycle last went well, what waits, what is held, what was decided."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.model.decision import Decision
from connector.model.problem import Problem
from connector.report.words import duration
from connector.store import decisions as decided
from connector.store import events, ledger, work
from connector.store.nouns import Status, StoredInvoice
from connector.store.usage import usage_problems
from connector.workflow.account import open_account
from connector.workflow.house import House
from connector.workflow.statements import house_statement, previews
from connector.workflow.usage import house_usage

_WAITS = (Status.DUE, Status.SENDING)
_HELD = (Status.UNSURE, Status.HELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The house at one moment."""

    last_cycle: datetime | None  #: aware; the last one that went well; None: none yet
    late: bool  #: that is longer ago than asked for
    synced: Mapping[str, datetime | None]  #: by desk: everything up to then is in; None: never pulled
    waits: tuple[StoredInvoice, ...]  #: documents that the next push sends
    held: tuple[StoredInvoice, ...]  #: documents that a person must look at
    #: of customer files and desks, that still stand; approvals that are overdue; work that is held for good
    problems: tuple[Problem, ...]


def standing(house: House, within: int) -> Standing:
    """Tell how the house stands; a good cycle is expected every ``within`` seconds."""
    store = house.store
    last = next((event.at for event in events.events(store, kind="cycle", last=1)), None)
    synced = work.synced_until(store)
    return Standing(
        last_cycle=last,
        late=last is None or house.now() - last > timedelta(seconds=within),
        synced={desk: synced.get(desk) for desk in house.settings.desks},
        waits=tuple(each for status in _WAITS for each in ledger.invoices(store, status=status)),
        held=tuple(each for status in _HELD for each in ledger.invoices(store, status=status)),
        problems=(
            *house.problems,
            *work.problems(store),
            *usage_problems(store),
            *_open(house),
            *_held(house),
            *_unowned(house),
        ),
    )


def _held(house: House) -> Iterator[Problem]:
    """Yield who has work that closed periods hold back."""
    for held in ledger.held(house.store):
        message = (
            f"closed periods still hold {held.entries} entries, {duration(held.seconds)}"
            f"{f', and {held.usage} usage records' if held.usage else ''}; "
            f"deskbill preview {held.customer} names them and says what to do"
        )
        yield Problem(code="held_in_closed", about=held.customer, message=message)


def _unowned(house: House) -> Iterator[Problem]:
    """Tell of work that no customer file finds."""
    unowned, seconds = house_statement(house)
    if unowned:
        message = (
            f"no customer is known for {len(unowned)} entries, {duration(seconds)}; deskbill preview lists "
            "them: add their words to the 'match' of a customer file, or decide reassign"
        )
        yield Problem(code="customer_unknown", message=message)
    if nobodys := house_usage(house):
        message = (
            f"no customer is known for {len(nobodys)} usage records; deskbill preview lists them: add their "
            "words to the 'match' of a customer file, or mend the usage file"
        )
        yield Problem(code="customer_unknown", message=message)


#: What a person must act on in an open period, beside what `preview` shows: no close comes of itself, a block
#: runs low, a budget is about to be passed.
_TOLD = frozenset({"approval_overdue", "block_low", "budget_warning", "budget_passed"})


def _open(house: House) -> Iterator[Problem]:
    """Yield what customers' open periods ask of a person now."""
    for name, customer in sorted(house.customers.items()):
        if (
            customer.invoice.approval == "required"
            or customer.budget
            or any(one.renew for one in customer.blocks)
        ):
            account = open_account(house, name)
            (shown,) = previews(account, account.next_period)
            found = (*shown.statement.problems, *shown.problems)
            yield from (problem for problem in found if problem.code in _TOLD)


def documents(house: House, customer: str | None = None) -> list[StoredInvoice]:
    """List the documents of all customers or of one, oldest first."""
    return ledger.invoices(house.store, customer=customer)


def decisions(house: House) -> list[Decision]:
    """List all decisions in the order in which they were made."""
    return decided.decisions(house.store)
