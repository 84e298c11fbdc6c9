"""Whose work it is: the owner a desk named first, the customers' ``match``, and what a person said of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from connector.model.contract import Customer
from connector.model.decision import Decision, Kind
from connector.model.work import WorkEntry


class Owners:
    """The customers' words at each desk. Answers are remembered: many entries bear the same words."""

    def __init__(self, customers: Iterable[Customer]) -> None:
        self._matches: dict[str, list[tuple[str, Mapping[str, tuple[str, ...]]]]] = defaultdict(list)
        for customer in customers:
            for desk, words in customer.match.items():
                self._matches[desk].append((customer.customer, words))
        self._answers: dict[tuple[str, frozenset[tuple[str, str]]], str] = {}

    def customer_of(self, desk: str, words: Mapping[str, str]) -> str:
        """Return the one customer whose words fit; empty if none does, or more than one."""
        question = (desk, frozenset(words.items()))
        answer = self._answers.get(question)
        if answer is None:
            fitting = [name for name, asked in self._matches.get(desk, ()) if _fits(words, asked)]
            answer = self._answers[question] = fitting[0] if len(fitting) == 1 else ""
        return answer


def _fits(words: Mapping[str, str], asked: Mapping[str, tuple[str, ...]]) -> bool:
    """Tell whether every word asked for is there, with any of its values. Nothing asked fits nothing."""
    return bool(asked) and all(words.get(word, "") in values for word, values in asked.items())


class Moves:
    """What people said of whose work it is: of an entry, or of its whole ticket."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        self._words = {
            decision.target: (place, decision.to_customer)
            for place, decision in enumerate(decisions)
            if decision.kind in (Kind.REASSIGN, Kind.KEEP)
        }

    def last_word(self, entry: WorkEntry) -> str | None:
        """Return the customer who was given an entry, by the last word on it or its ticket; None: no word.

        A ``keep`` names no customer: the work stays where it was first seen, whatever the desk says now.
        """
        if not self._words:
            return None
        targets = (entry.key, f"{entry.desk}/{entry.ticket}")
        words = [self._words[target] for target in targets if target in self._words]
        return max(words)[1] if words else None
