"""Settlement: every second of a period's work gets its one fate. The first rule that speaks decides."""

from dataclasses import dataclass, field
from decimal import Decimal

from connector.model.money import of_seconds
from connector.model.period import Period
from connector.model.problem import Problem
from connector.model.statement import Fate, LineKey, RatedItem, Step, Threshold
from connector.rating.allowances import Pool, cover
from connector.rating.gates import Bench, Verdict
from connector.rating.lines import LineBook
from connector.rating.pieces import Piece
from connector.rating.terms import Terms

_NOTHING = (Decimal(0), ("", ""))


@dataclass(slots=True)
class Settlement:
    """What one rating gathers, piece by piece, in worked order."""

    terms: Terms
    period: Period
    bench: Bench
    pools: dict[str, Pool]
    lines: LineBook
    items: list[RatedItem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    thresholds: list[Threshold] = field(default_factory=list)
    delivered: list[tuple[str, int]] = field(default_factory=list)  #: rate's name, real seconds

    def settle(self, piece: Piece) -> None:
        """Give every second of a piece its fate."""
        if piece.on < self.terms.billing_from:
            self._free(piece, "before start", Step("before_start", (self.terms.billing_from,)))
            return
        verdict = self.bench.verdict(piece.work)
        if piece.corrects:
            self._correction(piece, verdict)
        elif problem := _disbelief(piece, verdict):
            self._problem(piece, problem.code, problem.message)
            self._hold(piece, piece.billed, piece.real, problem.message)
        elif not piece.billed:
            reason = _unbilled(piece)
            self._free(piece, reason, Step("free", (reason,)))
        else:
            self._judge(piece, verdict)

    def _correction(self, piece: Piece, verdict: Verdict) -> None:
        """A correction shares the fate of what it shortened; what found no partner is held, or waived."""
        for partner, seconds in piece.nets:
            fate, reason = partner.fate or Fate.HELD, f"corrects {partner.work.key}"
            self._item(piece, fate, -seconds, 0, reason, line=partner.line)
        if piece.net and verdict.free:
            self._item(piece, Fate.FREE, piece.net, 0, verdict.free)
        elif piece.net:
            message = (
                f"a correction of {piece.net} s finds no earlier work of this ticket, service and technician "
                f"in {self.period} to take it off; mend the entry in the desk, or waive it"
            )
            self._problem(piece, "correction_unmatched", message)
            self._hold(piece, 0, piece.net, message)

    def _judge(self, piece: Piece, verdict: Verdict) -> None:
        """Apply what was decided, then the contract's row, its allowances and its price."""
        if verdict.step:
            piece.steps.append(verdict.step)
        row = piece.rate.row if piece.rate else None
        source = piece.rate.source if piece.rate else None
        if verdict.free:
            self._free(piece, verdict.free)
        elif verdict.charge:
            self._charge(piece, piece.billed, piece.real, verdict.charge.amount)
        elif row and row.free:
            self._free(piece, row.free, Step("free", (row.free,), source))
        elif piece.rate and row and row.included:
            piece.steps.append(Step("included", (), source))
            self.delivered.append((piece.rate.name, piece.net))
            self._end(piece, Fate.INCLUDED, piece.billed, piece.real, "included")
        else:
            self._after_allowances(piece, verdict)

    def _after_allowances(self, piece: Piece, verdict: Verdict) -> None:
        """Let allowances cover what they can, held work too. The rest is charged or held."""
        covers, reached = cover(self.pools, piece, self.terms.calendar_at(piece.work.facets.get("site", "")))
        self.thresholds.extend(reached)
        billed = piece.billed - sum(part.billed for part in covers)
        real = piece.real - sum(part.real for part in covers)
        for part in covers:
            # Seconds that a correction took back stay with the last part of the piece that they came from.
            seconds = part.real + (real if part is covers[-1] and not billed else 0)
            self._end(piece, Fate.INCLUDED, part.billed, seconds, "allowance", part.by.name)
        stops = next((allowance for allowance in piece.allowances if allowance.holds), None)
        if not billed:
            return
        if verdict.problem:
            self.problems.append(verdict.problem)
        if verdict.held:
            self._hold(piece, billed, real, verdict.held)
        elif stops:
            message = f"the allowance {stops.id} is used up, and the contract says 'then: hold'"
            self._problem(piece, "allowance_used_up", message)
            self._hold(piece, billed, real, message)
        else:
            self._charge(piece, billed, real, None)

    def _charge(self, piece: Piece, billed: int, real: int, hourly: Decimal | None) -> None:
        """Put time on a line, at a person's price or else the contract's."""
        row = piece.rate.row if piece.rate else None
        price = hourly if hourly is not None else row.hourly.amount if row and row.hourly else None
        if price is None:
            message = (row.hold if row else None) or _unpriced(piece)
            code = "rate_hold" if row else "no_rate"
            self._problem(piece, code, message)
            self._hold(piece, billed, real, message)
            return
        source = piece.rate.source if piece.rate and hourly is None else None
        piece.steps.append(Step("price", (price, self.terms.currency), source))
        key = self.lines.charge(piece, billed, real, price)
        self._end(piece, Fate.BILLED, billed, real, line=key)

    def _hold(self, piece: Piece, billed: int, real: int, reason: str) -> None:
        piece.steps.append(Step("hold", (reason,), piece.rate.source if piece.rate else None))
        self._end(piece, Fate.HELD, billed, real, reason)

    def _free(self, piece: Piece, reason: str, step: Step | None = None) -> None:
        if step:
            piece.steps.append(step)
        self._end(piece, Fate.FREE, piece.billed, piece.real, reason)

    def _end(
        self,
        piece: Piece,
        fate: Fate,
        billed: int,
        real: int,
        reason: str = "",
        allowance: str = "",
        line: LineKey | None = None,
    ) -> None:
        piece.fate, piece.line = fate, line
        self._item(piece, fate, real, billed, reason, allowance, line)

    def _item(
        self,
        piece: Piece,
        fate: Fate,
        real: int,
        billed: int,
        reason: str,
        allowance: str = "",
        line: LineKey | None = None,
    ) -> None:
        worth, taxed = self._worth(piece, billed) if fate in (Fate.HELD, Fate.FREE) else _NOTHING
        self.items.append(
            RatedItem(
                work=piece.work.key,
                ticket=piece.work.ticket,
                on=piece.on,
                real=real,
                billed=billed,
                fate=fate,
                reason=reason,
                line=line,
                allowance=allowance,
                worth=worth,
                taxed=taxed,
                trail=tuple(piece.steps),
            )
        )

    def _worth(self, piece: Piece, billed: int) -> tuple[Decimal, tuple[str, str]]:
        """Price what is not charged at the contract's rate; with tax code and percent."""
        rate = piece.rate
        if rate is None or rate.row.hourly is None:
            return _NOTHING
        worth = of_seconds(billed, rate.row.hourly.amount, self.terms.currency)
        return worth, (rate.tax, str(self.terms.percent(rate.tax, piece.on)))

    def _problem(self, piece: Piece, code: str, message: str) -> None:
        source = piece.rate.source if piece.rate else None
        self.problems.append(Problem(code=code, about=piece.work.key, message=message, source=source))


def _disbelief(piece: Piece, verdict: Verdict) -> Problem | None:
    """Say why a piece cannot be rated at all. What is free all the same needs no rating."""
    if verdict.free:
        return None
    if piece.work.problem is not None:
        return piece.work.problem
    if verdict.charge and verdict.charge.amount is not None:
        return None  # a person names the price, so neither contract nor shift is asked
    if piece.contract is None:
        message = f"no contract is valid on {piece.on}; add one to the customer file, or waive the work"
        return Problem(code="no_contract", message=message)
    if piece.blocked:
        message = (
            "the price depends on the shift, but the desk gives only a day; name the shift under "
            f"'shift:' in the mapping of desk {piece.work.desk}"
        )
        return Problem(code="shift_unknown", message=message)
    return None


def _unbilled(piece: Piece) -> str:
    if not piece.real:
        return "no time"
    return "taken back by a correction" if not piece.net else "too short to bill"


def _unpriced(piece: Piece) -> str:
    """Say what is missing where no row of the price table fits, or the row has no price."""
    if piece.rate and piece.rate.row.otherwise is None:
        return "the contract has no hourly rate for it; name one with the decision to charge it"
    facts = (
        ", ".join(f"{name} {value}" for name, value in sorted(piece.work.facets.items()))
        or "work without a service"
    )
    contract = piece.contract.id if piece.contract else ""
    return f"no rate of contract {contract} fits {facts}; add a row under rates"
