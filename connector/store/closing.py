"""Closing a period: its basis, claims and invoice go into the ledger in one transaction, or nothing does."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from itertools import repeat
from operator import attrgetter

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, select, update

from connector.model.invoice import Invoice
from connector.model.period import Period
from connector.model.statement import Fate
from connector.store.billing import issue
from connector.store.engine import Store, insert_rows
from connector.store.events import note
from connector.store.facts import digest_of
from connector.store.ledger_tables import bases, period_bases, period_positions, periods
from connector.store.ledger_tables import claims as claim_rows
from connector.store.nouns import Claim, ClosedPeriod, Closing, Held, StoreError
from connector.store.tables import work
from connector.store.usage_claiming import put_usage_claims
from connector.store.usage_tables import usage_claims


def close_period(store: Store, closing: Closing, now: datetime) -> tuple[Invoice, ...]:
    """Close a period and return its documents with their references; none if nothing was due.

    Claims replace all that the customer had in the same periods; the claimed work becomes the customer's.

    Raises:
        StoreError: the period is closed already.
        AlreadyBilled: a charge stands on another invoice.
    """
    with store.begin() as connection:
        period = _put_period(connection, closing, now)
        _put_positions(connection, closing, period)
        _put_basis(connection, period, closing.basis_json, closing.by, "closed", now)
        _put_claims(connection, closing)
        put_usage_claims(connection, closing)
        issued = tuple(
            issue(connection, due, closing.reference_prefix, closing.seq, now) for due in closing.invoices
        )
        detail = f"{closing.period} {references(issued) or 'nothing due'}"
        note(connection, now, closing.by, "close", closing.customer, detail)
    return issued


def references(issued: Iterable[Invoice]) -> str:
    """Name documents for the log of the house."""
    return ", ".join(document.reference for document in issued)


def rebase(
    store: Store, customer: str, period: Period, basis_json: str, by: str, why: str, now: datetime
) -> None:
    """Give a closed period another basis, because a person says so; the old one stays on record.

    Raises:
        StoreError: the period is not closed.
    """
    with store.begin() as connection:
        found = _period_id(connection, customer, period)
        if found is None:
            raise StoreError(f"{customer} {period} is not closed; there is nothing to give a new basis")
        _put_basis(connection, found, basis_json, by, why, now)
        note(connection, now, by, "rebase", customer, f"{period}: {why}")


def closed(store: Store, customer: str) -> list[ClosedPeriod]:
    """Return the customer's closed periods, oldest first, each with the basis that counts now."""
    query = (
        select(periods, period_bases.c.digest, period_positions.c.closing)
        .join(period_bases, period_bases.c.period_id == periods.c.id)
        .join(period_positions, period_positions.c.period_id == periods.c.id)
        .where(periods.c.customer == customer, _newest(period_bases), _newest(period_positions))
        .order_by(periods.c.start)
    )
    with store.read() as connection:
        return [
            ClosedPeriod(
                customer=row.customer,
                period=row.period,
                closed_at=row.closed_at,
                basis=row.digest,
                seq=row.seq,
                opening=row.opening,
                closing=row.closing,
                net=row.net,
                statement_digest=row.statement_digest,
                held=row.held,
                by=row.by,
            )
            for row in connection.execute(query)
        ]


def customers(store: Store) -> dict[str, Period]:
    """Return who has closed periods, with the last of them."""
    query = select(periods.c.customer, periods.c.period).order_by(periods.c.start)
    with store.read() as connection:
        return {row.customer: row.period for row in connection.execute(query)}


def held(store: Store) -> list[Held]:
    """Return what the customers' closed periods hold back, as of each one's last close."""
    entries, seconds = func.count(claim_rows.c.work.distinct()), func.sum(claim_rows.c.seconds)
    holding = (periods.c.customer == claim_rows.c.customer) & (periods.c.start == claim_rows.c.period_start)
    query = (
        select(claim_rows.c.customer, entries, seconds)
        .join(periods, holding)
        .where(periods.c.held > 0, claim_rows.c.fate == Fate.HELD)
    )
    records = select(usage_claims.c.customer, func.count(usage_claims.c.usage.distinct()))
    of_usage = records.where(usage_claims.c.fate == Fate.HELD).group_by(usage_claims.c.customer)
    with store.read() as connection:
        worked = {row[0]: row[1:] for row in connection.execute(query.group_by(claim_rows.c.customer))}
        used: dict[str, int] = {row[0]: row[1] for row in connection.execute(of_usage)}
    return [
        Held(
            customer=name,
            entries=worked.get(name, (0, 0))[0],
            seconds=worked.get(name, (0, 0))[1],
            usage=used.get(name, 0),
        )
        for name in sorted(worked.keys() | used.keys())
    ]


def basis(store: Store, digest: str) -> str:
    """Return a stored basis as JSON.

    Raises:
        StoreError: there is none with this digest.
    """
    with store.read() as connection:
        document = connection.execute(select(bases.c.document).where(bases.c.digest == digest)).scalar()
    if document is None:
        raise StoreError(f"there is no basis '{digest}'")
    return str(document)


def bases_at(store: Store, customer: str, when: datetime) -> dict[Period, str]:
    """Return by period the digest of the basis that counted for it at a moment."""
    query = (
        select(periods.c.period, period_bases.c.digest)
        .join(period_bases, period_bases.c.period_id == periods.c.id)
        .where(periods.c.customer == customer, period_bases.c.at <= when)
        .order_by(period_bases.c.id)
    )
    with store.read() as connection:
        return {row.period: row.digest for row in connection.execute(query)}


def claims(store: Store, customer: str, period: Period | None = None) -> dict[tuple[str, date], Fate]:
    """Return the fates in one or all closed periods: by work key and first day of the period."""
    query = select(claim_rows.c.work, claim_rows.c.period_start, claim_rows.c.fate)
    query = query.where(claim_rows.c.customer == customer)
    if period is not None:
        query = query.where(claim_rows.c.period_start == period.start)
    with store.read() as connection:
        return {(key, start): Fate(fate) for key, start, fate in connection.execute(query)}


def _newest(added: Table) -> ColumnElement[bool]:
    of = select(func.max(added.c.id)).where(added.c.period_id == periods.c.id)
    return added.c.id == of.correlate(periods).scalar_subquery()


def _period_id(connection: Connection, customer: str, period: Period) -> int | None:
    query = select(periods.c.id).where(periods.c.customer == customer, periods.c.start == period.start)
    return connection.execute(query).scalar()


def _put_period(connection: Connection, closing: Closing, now: datetime) -> int:
    if _period_id(connection, closing.customer, closing.period) is not None:
        raise StoreError(f"{closing.customer} {closing.period} is closed already")
    row = {
        "customer": closing.customer,
        "start": closing.period.start,
        "period": closing.period,
        "closed_at": now,
        "seq": closing.seq,
        "opening": closing.opening,
        "net": closing.net,
        "statement_digest": closing.statement_digest,
        "held": 0,
        "by": closing.by,
    }
    (period,) = connection.execute(insert(periods).values(**row)).inserted_primary_key or (0,)
    return int(period)


def _put_positions(connection: Connection, closing: Closing, closed_now: int) -> None:
    left = [(closed_now, closing.closing)]
    for period, position in closing.rerated:
        earlier = _period_id(connection, closing.customer, period)
        if earlier is None:
            raise StoreError(f"{closing.customer} {period} is not closed; it cannot be rated again")
        left.append((earlier, position))
    rows = [{"period_id": id_, "rated_by": closed_now, "closing": position} for id_, position in left]
    connection.execute(insert(period_positions), rows)


def _put_basis(
    connection: Connection, period: int, basis_json: str, by: str, why: str, now: datetime
) -> None:
    digest = keep_basis(connection, basis_json)
    connection.execute(insert(period_bases).values(period_id=period, digest=digest, at=now, by=by, why=why))


def keep_basis(connection: Connection, basis_json: str) -> str:
    """Store a basis, once, and return its digest."""
    digest = digest_of(basis_json)
    if not connection.execute(select(bases.c.digest).where(bases.c.digest == digest)).first():
        connection.execute(insert(bases).values(digest=digest, document=basis_json))
    return digest


def _put_claims(connection: Connection, closing: Closing) -> None:
    starts = {period.start for period in (closing.period, *closing.reclaimed)}
    ours = (claim_rows.c.customer == closing.customer) & claim_rows.c.period_start.in_(starts)
    connection.execute(delete(claim_rows).where(ours))
    said = sorted(closing.claims, key=attrgetter("period_start", "work"))  # as the index has them
    columns = {name: [getattr(claim, name) for claim in said] for name in Claim.__dataclass_fields__}
    insert_rows(connection, claim_rows, {**columns, "customer": repeat(closing.customer)})
    theirs = work.c.key.in_(select(claim_rows.c.work).where(ours)) & (work.c.customer != closing.customer)
    connection.execute(update(work).where(theirs).values(customer=closing.customer))
    held = Counter(claim.period_start for claim in said if claim.fate is Fate.HELD)
    for start in starts:
        period = (periods.c.customer == closing.customer) & (periods.c.start == start)
        connection.execute(update(periods).where(period).values(held=held[start]))
