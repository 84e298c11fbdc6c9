"""Settlement: every second of a period's work gets its one fate. The first rule that speaks decides."""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from connector.model.money import SECONDS_PER_HOUR
from connector.model.period import Period
from connector.model.statement import Fate, LineKey, Step, Threshold
from connector.rating.calls import Counting, every_ticket
from connector.rating.charges import Charges
from connector.rating.choose import choices_of, waits_for
from connector.rating.cover import NO_MONEY, Cover, Run, cover
from connector.rating.doubts import disbelief, unpriced
from connector.rating.fates import Fates
from connector.rating.gates import NOTHING, Bench, Verdict
from connector.rating.lines import LineBook
from connector.rating.openings import OPENED
from connector.rating.pieces import Piece
from connector.rating.price import Price, price_text
from connector.rating.reservoir import Reservoir
from connector.rating.rows import PoolTerms
from connector.rating.short import too_short
from connector.rating.terms import Terms


@dataclass(slots=True)
class Settlement:
    """What one rating gathers, piece by piece, in worked order."""

    terms: Terms
    period: Period
    bench: Bench
    fates: Fates
    pools: Reservoir
    lines: LineBook
    counting: Counting
    charges: Charges
    thresholds: list[Threshold] = field(default_factory=list)
    #: lines whose price depends on the period's total, each with the place of the item that it charges
    topped: list[tuple[LineKey, int]] = field(default_factory=list)
    delivered: dict[str, int] = field(default_factory=dict)  #: by rate's name: real seconds

    def finish(self) -> None:
        """Price what depends on the period's total; leave out openings, which are no work."""
        for key, place in self.topped:
            price, step = self.lines.top(key)
            item = self.fates.items[place]
            values = (price.amount, self.terms.currency, price.unit, price.per_seconds)
            before = item.trail[: -1 - len(price.steps)]  # each step of the table is raised in as many steps
            trail = (*before, step, *price.steps, item.trail[-1]._replace(values=values))
            self.fates.items[place] = item._replace(trail=trail)
        if self.terms.every_ticket:
            self.fates.items = [item for item in self.fates.items if not item.work.endswith(OPENED)]

    def settle(self, piece: Piece) -> None:
        """Give every second of a piece its fate."""
        if piece.on < self.terms.billing_from:
            self.fates.free(piece, "before start", Step("before_start", (self.terms.billing_from,)))
            return
        verdict = self.bench.verdict(piece.work)
        if piece.corrects:
            self._correction(piece, verdict)
        elif problem := disbelief(piece, verdict):
            self.fates.problem(piece, problem.code, problem.message)
            self.fates.hold(piece, piece.billed, piece.real, problem.message)
        elif piece.billed or self.counting.counts(piece):
            self._judge(piece, verdict)
        else:
            too_short(self.pools, self.fates, piece)

    def count_opened(self, piece: Piece) -> None:
        """Count a ticket as a call on the day it was opened, unless it is waived or its words are unknown."""
        if piece.on < self.terms.billing_from or self.bench.waived(piece.work):
            return
        if problem := piece.work.problem:
            self.fates.problem(piece, problem.code, problem.message)
        elif every_ticket(piece) and self.counting.counts(piece):
            self._count(piece, NOTHING)

    def _correction(self, piece: Piece, verdict: Verdict) -> None:
        """A correction shares the fate of what it shortened; what found no partner is held, or waived."""
        for partner, seconds in piece.nets:
            fate, reason = partner.fate or Fate.HELD, f"corrects {partner.work.key}"
            self.fates.item(piece, fate, -seconds, 0, reason, line=partner.line)
        if piece.net and verdict.free:
            self.fates.item(piece, Fate.FREE, piece.net, 0, verdict.free)
        elif piece.net:
            message = (
                f"a correction of {piece.net} s finds no earlier work of this ticket, service and technician "
                f"in {self.period} to take it off; mend the entry in the desk, or waive it"
            )
            self.fates.problem(piece, "correction_unmatched", message)
            self.fates.hold(piece, 0, piece.net, message)

    def _judge(self, piece: Piece, verdict: Verdict) -> None:
        """Apply what was decided, then the contract's row, its allowances and its price."""
        if verdict.step:
            piece.steps.append(verdict.step)
        if piece.choice.sla_credits and not verdict.free and not piece.ignored:
            self.charges.miss(piece)
        rate = piece.choice.rate
        row = rate.row if rate else None
        source = rate.source if rate else None
        if verdict.free and not (
            every_ticket(piece) and piece.work.billable is False and not verdict.decided
        ):
            self.fates.free(piece, verdict.free)
        elif piece.ignored:
            reason = f"the ticket was opened under contract {piece.ignored}, which has ended"
            self.fates.free(piece, reason, Step("ignored", (piece.ignored,)))
        elif verdict.charge:
            self._charge(piece, piece.billed, piece.real, verdict.charge.amount)
        elif row and row.free:
            self.fates.free(piece, row.free, Step("free", (row.free,), source))
        elif rate and row and row.included:
            piece.steps.append(Step("included", (), source))
            self.delivered[rate.name] = self.delivered.get(rate.name, 0) + piece.net
            self.fates.end(piece, Fate.INCLUDED, piece.billed, piece.real, "included")
        elif self.counting.counts(piece):
            self._count(piece, verdict)
        else:
            self._after_allowances(piece, verdict)

    def _after_allowances(self, piece: Piece, verdict: Verdict) -> None:
        """Let allowances cover what they can, held work too. The rest is charged or held."""
        if not piece.choice.pools:
            self._rest(piece, verdict, piece.billed, piece.real, None, NO_MONEY)
            return
        drawn = cover(self.pools, piece, Run(self.terms, self.counting.tally))
        self.thresholds.extend(drawn.thresholds)
        billed = piece.billed - sum([part.billed for part in drawn.covers])
        real = piece.real - sum([part.real for part in drawn.covers])
        for part in drawn.covers:
            # Seconds that a correction took back stay with the last part of the piece that they came from.
            seconds = part.real + (real if part is drawn.covers[-1] and not billed else 0)
            self._covered(piece, part, seconds)
        if not billed:
            return
        self._rest(piece, verdict, billed, real, drawn.stop, drawn.less)

    def _covered(self, piece: Piece, part: Cover, seconds: int) -> None:
        """Put what a pool covers into its place; what a bought block covers is printed at 0.00."""
        line = self.charges.block(self.lines, piece, part, seconds)
        if line is not None and line.kind == "work":
            self.fates.end(piece, Fate.BILLED, part.billed, seconds, "", part.by.name, line)
        else:
            self.fates.end(piece, Fate.INCLUDED, part.billed, seconds, "allowance", part.by.name)

    def _rest(
        self, piece: Piece, verdict: Verdict, billed: int, real: int, stop: PoolTerms | None, less: Fraction
    ) -> None:
        """Charge or hold what no allowance covers."""
        if verdict.problem:
            self.fates.problems.append(verdict.problem)
        if verdict.held:
            self.fates.hold(piece, billed, real, verdict.held)
        elif self._pends(piece):
            contract = piece.offer.contract
            message = waits_for(contract.id if contract else "", piece.on, "work")
            self.fates.problem(piece, "contract_pending", message)
            self.fates.hold(piece, billed, real, message)
        elif stop and stop.holds:
            message = f"the allowance {stop.id} is used up, and the contract says 'then: hold'"
            self.fates.problem(piece, "allowance_used_up", message)
            self.fates.hold(piece, billed, real, message)
        elif stop and stop.then_contract:
            self._under(piece, stop, billed, real, less)
        else:
            self._charge(piece, billed, real, None, less)

    def _pends(self, piece: Piece) -> bool:
        contract = piece.offer.contract
        return piece.offer.pending and contract is not None and not contract.bills_pending

    def _under(self, piece: Piece, stop: PoolTerms, billed: int, real: int, less: Fraction) -> None:
        """Charge the rest at the prices of the contract that a used-up allowance names."""
        contract = self.terms.contract(stop.then_contract)
        if contract is None or contract is piece.offer.contract:
            self._charge(piece, billed, real, None, less)
            return
        facets = piece.work.facets
        kind = tuple([facets.get(name, "") for name in self.terms.asked])
        choices = choices_of(self.terms, contract, facets, kind, piece.on)
        piece.steps.append(Step("cascade", (stop.id, contract.id), stop.source))
        piece.offer = piece.offer._replace(contract=contract, pending=False, choices=choices)
        piece.choice = choices.within(piece.shifts)
        piece.billed, piece.net = billed, min(piece.net, billed)
        row = piece.choice.rate.row if piece.choice.rate else None
        told = self.counting.counted(piece) if self.counting.counts(piece) else ""
        if row and row.free:
            self.fates.end(piece, Fate.FREE, billed, real, row.free)
        elif told or (row and row.included):
            self.fates.end(piece, Fate.INCLUDED, billed, real, told or "included")
        else:
            self._charge(piece, billed, real, None, less)

    def _count(self, piece: Piece, verdict: Verdict) -> None:
        """Count a call, a visit or an entry once; what belongs to a counted one is included in it."""
        told = self.counting.counted(piece)
        if told:
            self.fates.end(piece, Fate.INCLUDED, piece.billed, piece.real, told)
            return
        if verdict.problem:
            self.fates.problems.append(verdict.problem)
        pool = self.counting.draw(piece, self.pools, self.thresholds)
        stop = pool.stop
        if pool.by is not None:
            self.counting.remember(piece, f"allowance {pool.by.id}")
            self.fates.end(piece, Fate.INCLUDED, piece.billed, piece.real, "allowance", pool.by.name)
        elif verdict.held or stop or self._pends(piece):
            said = verdict._replace(problem=None)
            self._rest(piece, said, piece.billed, piece.real, stop, pool.less)
        else:
            self._one(piece, piece.billed, piece.real, pool.less)

    def _one(self, piece: Piece, billed: int, real: int, less: Fraction) -> None:
        """Charge one call, visit or entry."""
        if piece.choice.by_total:
            self.counting.remember(piece, piece.choice.tiers[0].price.unit)
            self._by_total(piece, billed, real, 1)
        else:
            price = self.counting.price(piece)
            self.counting.remember(piece, price.unit)
            if piece.choice.tiers:
                self.counting.tally.count(piece, 1)
            self._put(piece, billed, real, price, units=1, less=less)

    def _charge(
        self, piece: Piece, billed: int, real: int, hourly: Decimal | None, less: Fraction = NO_MONEY
    ) -> None:
        """Put time on a line, at a person's price or else the contract's."""
        choice = piece.choice
        if hourly is not None:
            price = Price(hourly, "hour", SECONDS_PER_HOUR, price_text(hourly, "hour"))
            self._put(piece, billed, real, price, said=True)
        elif self.counting.counts(piece):
            self._one(piece, billed, real, less)
        elif choice.by_total:
            self._by_total(piece, billed, real, 0)
        elif choice.tiers:
            self._stepwise(piece, billed, real, less)
        elif choice.price is None:
            message = (choice.rate.row.hold if choice.rate else None) or unpriced(piece)
            code = "rate_hold" if choice.rate else "no_rate"
            code = "cost_unknown" if choice.unknown_cost else code
            self.fates.problem(piece, code, message)
            self.fates.hold(piece, billed, real, message)
        else:
            self._put(piece, billed, real, choice.price, less=less)

    def _by_total(self, piece: Piece, billed: int, real: int, units: int) -> None:
        """Charge at a price that the period's total decides (`finish`)."""
        tiers, rate = piece.choice.tiers, piece.rate
        texts = " or ".join(tier.price.text for tier in tiers)
        price = tiers[0].price._replace(text=f"{texts} by {rate.name if rate else ''}")
        key = self._put(piece, billed, real, price, units)
        self.topped.append((key, len(self.fates.items) - 1))

    def _stepwise(self, piece: Piece, billed: int, real: int, less: Fraction) -> None:
        """Charge each part of a piece at the price of the step that it falls into."""
        steps = piece.steps
        for part, price in list(self.counting.tally.parts(piece, billed)):
            piece.steps = list(steps)
            self.counting.tally.count(piece, part)
            billed -= part
            share = real if not billed else min(part, real)
            self._put(piece, part, share, price, less=less)
            real, less = real - share, NO_MONEY

    def _put(
        self,
        piece: Piece,
        billed: int,
        real: int,
        price: Price,
        units: int = 0,
        less: Fraction = NO_MONEY,
        *,
        said: bool = False,
    ) -> LineKey:
        """Charge a piece at a price, the contract's or one that a person said, with what is added to it."""
        rate = piece.choice.rate
        piece.steps.extend(price.steps)
        source = rate.source if rate and not said else None
        piece.steps.append(
            Step("price", (price.amount, self.terms.currency, price.unit, price.per_seconds), source)
        )
        key = self.lines.key(piece, price)
        gathered = self.lines.charge(key, piece, billed, real, price, units)
        if less:
            gathered.less += less
        if piece.choice.extras or piece.choice.limits:
            self.charges.note(self.lines, piece, key, price, billed, units, less)
        self.fates.end(piece, Fate.BILLED, billed, real, line=key)
        return key
