"""Whose work it is: the owner a desk named first, the customers' ``match``, and what a person said of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from connector.model.contract import Customer
from connector.model.decision import Decision, Kind


@dataclass(frozen=True, slots=True)
class Owners:
    """The customers' words at each desk."""

    matches: tuple[
        tuple[str, str, tuple[tuple[str, frozenset[str]], ...]], ...
    ]  #: desk, customer, word: values

    @classmethod
    def of(cls, customers: Iterable[Customer]) -> "Owners":
        """Gather the ``match`` of all customer files."""
        return cls(
            tuple(
                (desk, customer.customer, tuple((word, frozenset(values)) for word, values in words.items()))
                for customer in customers
                for desk, words in customer.match.items()
                if words
            )
        )

    def customer_of(self, desk: str, words: Mapping[str, str]) -> str:
        """Return the one customer whose words fit; empty if none does, or more than one."""
        fitting = [
            customer
            for named, customer, asked in self.matches
            if named == desk and all(words.get(word, "") in values for word, values in asked)
        ]
        return fitting[0] if len(fitting) == 1 else ""


def moved_work(decisions: Iterable[Decision]) -> dict[str, str]:
    """Return by target (ticket or entry) the customer whom a person gave it to; the last word holds.

    A ``keep`` names no customer: the work stays where it was first seen, whatever the desk says now.
    """
    return {
        decision.target: decision.to_customer
        for decision in decisions
        if decision.kind in (Kind.REASSIGN, Kind.KEEP)
    }
