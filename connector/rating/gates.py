"""Gates: what a person or the desk says of an entry before its charge may be billed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from connector.model.contract import Gates
from connector.model.decision import Decision, Kind
from connector.model.problem import Problem
from connector.model.statement import Step
from connector.model.work import Survey, Work

#: Of these the last one that names an entry holds.
_ON_WORK = frozenset({Kind.WAIVE, Kind.HOLD, Kind.DISPUTE, Kind.RELEASE, Kind.CHARGE})


class Verdict(NamedTuple):
    """What is said of one entry. At most one of the first three is set."""

    free: str = ""  #: why it is free
    held: str = ""  #: why its charge waits
    charge: Decision | None = None  #: it is billed whatever desk and contract say
    step: Step | None = None
    problem: Problem | None = None

    @property
    def decided(self) -> bool:
        """Tell whether a person decided, rather than the desk's flag or a gate."""
        return self.step is not None and self.step.rule == "decision"


NOTHING = Verdict()


def standing(decisions: Iterable[Decision]) -> list[Decision]:
    """Leave out what was undone, and the undoing."""
    kept = list(decisions)
    undone = {decision.undoes for decision in kept if decision.kind is Kind.UNDO}
    return [decision for decision in kept if decision.id not in undone and decision.kind is not Kind.UNDO]


@dataclass(frozen=True, slots=True)
class Bench:
    """Gives the verdict on each entry."""

    gates: Gates
    by_target: dict[str, Sequence[Decision]]
    billed: frozenset[str]  #: entries whose charge was billed: gates and holds act on them no longer

    @classmethod
    def of(cls, gates: Gates, decisions: Iterable[Decision], billed: frozenset[str]) -> "Bench":
        """Sort the standing decisions by what they name."""
        by_target: dict[str, list[Decision]] = {}
        for decision in decisions:
            if decision.kind in _ON_WORK:
                by_target.setdefault(decision.target, []).append(decision)
        return cls(gates, dict(by_target), billed)

    def verdict(self, work: Work) -> Verdict:
        """Judge an entry: a person's last word, then the desk's flag, survey and closing state."""
        decision = self._last_word(work) if self.by_target else None
        if decision is not None and decision.kind is not Kind.RELEASE:
            return self._decided(work, decision)
        if work.billable is False:
            return Verdict(
                free="the desk marks it not billable", step=Step("free", ("the desk marks it not billable",))
            )
        reason = "" if decision else self._gate(work)
        return self._kept_back(work, reason, Step("gate", (reason,))) if reason else NOTHING

    def waived(self, work: Work) -> bool:
        """Tell whether a person's last word on an entry or its ticket waives it."""
        decision = self._last_word(work) if self.by_target else None
        return decision is not None and decision.kind is Kind.WAIVE

    def _last_word(self, work: Work) -> Decision | None:
        named = (*self.by_target.get(work.ticket, ()), *self.by_target.get(work.key, ()))
        return max(named, key=number_of, default=None)

    def _decided(self, work: Work, decision: Decision) -> Verdict:
        step = Step("decision", (decision.id, decision.kind.value, decision.by, decision.why))
        said = f"{decision.kind.value} by {decision.by}: {decision.why}"
        if decision.kind is Kind.WAIVE:
            return Verdict(free=said, step=step)
        if decision.kind is Kind.CHARGE:
            return Verdict(charge=decision, step=step)
        return self._kept_back(work, said, step)

    def _gate(self, work: Work) -> str:
        if self.gates.survey == "hold-bad" and work.survey is Survey.BAD:
            return f"the satisfaction survey is bad{': ' + work.survey_text if work.survey_text else ''}"
        if self.gates.closing == "hold-open" and not work.closed:
            return "the ticket is not closed"
        return ""

    def _kept_back(self, work: Work, reason: str, step: Step) -> Verdict:
        if work.key not in self.billed:
            return Verdict(
                held=reason, step=step, problem=Problem(code="held", about=work.key, message=reason)
            )
        late = f"{reason}; it was billed already, so no amount changes"
        return Verdict(step=step, problem=Problem(code="held_after_billing", about=work.key, message=late))


def number_of(decision: Decision) -> int:
    """Return a decision's place in the order of the store: ``D-17`` is 17."""
    return int(decision.id.rpartition("-")[2])
