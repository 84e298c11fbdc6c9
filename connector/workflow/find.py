"""Work by the name that a person types: why there is none, or why no customer's statement bears it."""

from collections.abc import Sequence
from datetime import date

from connector.store.nouns import SeenWork
from connector.store.usage_nouns import SeenUsage
from connector.store.work import work_between
from connector.workflow.house import House


def no_work(house: House, target: str) -> str:
    """Say that there is no work of that name; people may have typed the ticket number that they see."""
    desk, _, rest = target.partition("/")
    number = rest.partition("/")[0]
    numbered = {
        f"{desk}/{seen.entry.ticket}"
        for seen in work_between(house.store, date.min, date.max)
        if seen.entry.desk == desk and seen.ticket.number == number
    }
    if numbered:
        return f"there is no work under '{target}'; ticket number {number} is {' or '.join(sorted(numbered))}"
    return f"there is no work under '{target}'; name desk/ticket or desk/ticket/entry"


def no_statement(house: House, seen: SeenWork) -> str:
    """Say why a statement bears none of this work."""
    ticket = f"{seen.entry.desk}/{seen.entry.ticket}"
    if seen.claimed_by and seen.claimed_by not in house.customers:
        return f"{ticket} was billed to '{seen.claimed_by}', whose file is gone or has errors; put it right"
    words = ", ".join(f"{name} '{word}'" for name, word in seen.first_owner.items()) or "no customer at all"
    return (
        f"{ticket} names {words}, which no customer's 'match' has: its work is held. "
        f"Add the words to a customer file, or: deskbill decide reassign {ticket}"
    )


def no_bill(target: str, seen: Sequence[SeenUsage]) -> str:
    """Say why no statement bears a usage record."""
    if not seen:
        return f"there is no usage record '{target}'; deskbill usage check FILE lists those of a file"
    row = seen[0].row
    words = ", ".join(f"{name} '{word}'" for name, word in row.owner.items()) or "no customer at all"
    return (
        f"{target} from {row.start} names {words}: no customer file's 'match' has these words, "
        "or none of its days falls due yet"
    )
