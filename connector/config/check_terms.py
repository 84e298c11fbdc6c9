"""Checks of what stands beside the price table: surcharges, limits, fees, usage, commitments, increases."""

from collections.abc import Iterable, Iterator
from datetime import date

from connector.config.basis import PriceLists
from connector.config.check_allowances import rows_for, tables_of
from connector.config.parts import Fault
from connector.config.reach import Reach, reach
from connector.model.contract import Contract
from connector.model.fee import Commitment


def term_faults(contract: Contract, at: str, price_lists: PriceLists) -> Iterator[Fault]:
    """Find terms of a contract that can never act."""
    yield from _never_met(contract, at, price_lists)
    yield from _increases(contract, at)
    yield from _fees(contract, at)
    yield from _lists(contract, at, price_lists)
    for row, commitment in enumerate(contract.commitments):
        if not any(_counted(contract, commitment, price_lists)):
            message = (
                f"commitment '{commitment.id}' counts {' and '.join(commitment.counts)}, but the contract "
                "prices none of it: all of the amount would be billed; add the prices, or mend 'counts'"
            )
            path = f"{at}.commitments.{row}"
            yield Fault(code="commitment_idle", path=path, message=message, warning=True)


def _never_met(contract: Contract, at: str, price_lists: PriceLists) -> Iterator[Fault]:
    asked = tables_of(contract, price_lists)

    def charged(whole: Reach, *, surcharges: bool = False) -> bool:
        rows = [] if whole.empty else rows_for(asked, whole)
        return any(row.priced and (row.surcharges or not surcharges) for row in rows)

    for row, surcharge in enumerate(contract.surcharges):
        if not charged(reach(surcharge.when, surcharge.except_), surcharges=True):
            message = _acts_on_nothing(f"surcharge '{surcharge.id}'")
            path = f"{at}.surcharges.{row}"
            yield Fault(code="surcharge_idle", path=path, message=message, warning=True)
    for row, limit in enumerate(contract.limits):
        if not charged(reach(limit.when)):
            message = _acts_on_nothing(f"limit '{limit.id}'")
            yield Fault(code="limit_idle", path=f"{at}.limits.{row}", message=message, warning=True)
    for row, credit in enumerate(contract.sla_credits):
        message = ""
        if credit.of == "fees" and not contract.fees:
            message = (
                f"SLA credit '{credit.id}' is a part of the fees, but the contract has none; add the fee"
            )
        elif credit.of == "ticket" and credit.percent is not None and not charged(reach(credit.when)):
            message = _acts_on_nothing(f"SLA credit '{credit.id}'")
        if message:
            path = f"{at}.sla_credits.{row}"
            yield Fault(code="sla_credit_idle", path=path, message=message, warning=True)


def _acts_on_nothing(what: str) -> str:
    return f"{what} acts on nothing: no row prices work that it fits; mend its 'when', or add the row"


def _increases(contract: Contract, at: str) -> Iterator[Fault]:
    start, end = contract.valid.from_, contract.valid.to
    for row, increase in enumerate(contract.increases):
        path = f"{at}.increases.{row}"
        if increase.from_ <= start:
            message = (
                f"the increase from {increase.from_} acts from the contract's first day {start}; "
                "write the prices as they are then"
            )
            yield Fault(code="increase_outside", path=path, message=message, warning=True)
        elif end is not None and increase.from_ >= end:
            yield _after("the increase", increase.from_, end, path)
        elif not {"all": True, "rates": bool(contract.rates), "fees": bool(contract.fees)}[increase.what]:
            message = f"the increase is of {increase.what}, but the contract has none of its own"
            yield Fault(code="increase_outside", path=path, message=message, warning=True)


def _after(what: str, day: date, end: date, path: str) -> Fault:
    message = f"{what} from {day} never acts: the contract ends before {end}"
    code = "increase_outside" if "increase" in what else "fee_outside"
    return Fault(code=code, path=path, message=message, warning=True)


def _fees(contract: Contract, at: str) -> Iterator[Fault]:
    for row, fee in enumerate(contract.fees):
        path, end = f"{at}.fees.{row}", _earliest(fee.to, contract.valid.to)
        start = max(fee.from_ or contract.valid.from_, contract.valid.from_)
        if end is not None and start >= end:
            yield _after(f"fee '{fee.id}'", start, end, path)
            continue
        for number, change in enumerate(fee.changes):
            place = f"{path}.changes.{number}"
            if end is not None and change.from_ >= end:
                yield _after(f"the change of fee '{fee.id}'", change.from_, end, place)
            if change.quantity is not None and fee.counted is not None:
                message = f"fee '{fee.id}' is counted; take 'quantity' out of the change, or 'counted' out"
                yield Fault(code="fee_counted_twice", path=f"{place}.quantity", message=message)


def _earliest(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _lists(contract: Contract, at: str, price_lists: PriceLists) -> Iterator[Fault]:
    if contract.price_list in price_lists and contract.price_list:
        first = price_lists[contract.price_list][0].versions[0].from_
        start = contract.valid.from_
        if first > start:
            message = (
                f"price list '{contract.price_list}' begins {first}, but the contract {start}: "
                "until then only the contract's own rows hold; add the earlier version to the list"
            )
            yield Fault(code="price_list_late", path=f"{at}.price_list", message=message, warning=True)


def _counted(contract: Contract, commitment: Commitment, price_lists: PriceLists) -> Iterable[bool]:
    found = price_lists.get(contract.price_list or "")
    versions = found[0].versions if found else ()
    if "work" in commitment.counts:
        yield any(row.priced for table in tables_of(contract, price_lists) for row in table.rows)
    if "usage" in commitment.counts:
        yield bool(contract.usage) or any(version.usage for version in versions)
    if "fees" in commitment.counts:
        yield bool(contract.fees)
