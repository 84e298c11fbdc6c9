"""What a close claims of usage: each record's fate in the period, with the words that named its owner."""

from sqlalchemy import Connection, bindparam, delete, insert, update

from connector.store.nouns import Closing
from connector.store.usage_tables import usage, usage_claims


def put_usage_claims(connection: Connection, closing: Closing) -> None:
    """Put the usage claims of a close in the place of those that the customer had in the same periods."""
    starts = {period.start for period in (closing.period, *closing.reclaimed)}
    ours = (usage_claims.c.customer == closing.customer) & usage_claims.c.period_start.in_(starts)
    connection.execute(delete(usage_claims).where(ours))
    if not closing.usage_claims:
        return
    connection.execute(
        insert(usage_claims),
        [
            {
                "customer": closing.customer,
                "period_start": claim.period_start,
                "usage": claim.usage,
                "owner_id": claim.owner_id,
                "fate": claim.fate,
            }
            for claim in closing.usage_claims
        ],
    )
    theirs = update(usage).where(usage.c.key == bindparam("of")).values(customer=closing.customer)
    connection.execute(theirs, [{"of": claim.usage} for claim in closing.usage_claims])
