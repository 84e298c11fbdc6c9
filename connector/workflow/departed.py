"""Customers whose file is gone: what desks still change of their work would be billed to nobody."""

from collections.abc import Collection, Iterator

from connector.model.problem import Problem
from connector.store import ledger
from connector.store.engine import Store


def departed(store: Store, written: Collection[str]) -> Iterator[Problem]:
    """Yield the customers that have closed periods in the ledger, but none of the files that were read."""
    for name, last in sorted(ledger.customers(store).items()):
        if name not in written:
            message = (
                f"no file that can be read is that of '{name}', whose periods are closed up to {last}: late "
                "changes of that work are not billed. Put the file back; a contract that ended gets a 'to', "
                "and the id after 'customer:' never changes"
            )
            yield Problem(code="customer_gone", about=name, message=message)
