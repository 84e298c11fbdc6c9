"""The tables of what is closed and billed. Unique keys make "once" true."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from connector.store import columns as c
from connector.store.tables import integer_column, metadata, text_column

bases = Table("bases", metadata, Column("digest", Text, primary_key=True), text_column("document"))

periods = Table(
    "periods",
    metadata,
    Column("id", Integer, primary_key=True),
    text_column("customer"),
    Column("start", c.DAY, nullable=False),
    Column("period", c.SPAN, nullable=False),
    Column("closed_at", c.MOMENT, nullable=False),
    integer_column("seq"),
    Column("opening", c.LOTS, nullable=False),
    Column("net", c.EXACT, nullable=False),
    text_column("statement_digest"),
    integer_column("held"),  # entries that it holds back, as its newest rating says
    text_column("by"),
    UniqueConstraint("customer", "start"),
)

#: The newest basis of a period counts.
period_bases = Table(
    "period_bases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("period_id", ForeignKey("periods.id"), nullable=False, index=True),
    Column("digest", ForeignKey("bases.digest"), nullable=False),
    Column("at", c.MOMENT, nullable=False),
    text_column("by"),
    text_column("why"),
)

#: What a period leaves to the next one. The newest counts: a later close may have rated it again.
period_positions = Table(
    "period_positions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("period_id", ForeignKey("periods.id"), nullable=False, index=True),
    Column("rated_by", ForeignKey("periods.id"), nullable=False),  # the period whose close rated it
    Column("closing", c.LOTS, nullable=False),
)

#: What each customer's newest ratings say. Of work that changed hands two customers may hold a claim, until
#: the one who lost it closes again.
claims = Table(
    "claims",
    metadata,
    Column("customer", Text, primary_key=True),
    Column("period_start", c.DAY, primary_key=True),
    Column("work", ForeignKey("work.key"), primary_key=True),
    text_column("fate"),
    integer_column("seconds"),
)

invoices = Table(
    "invoices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", Text, nullable=False, unique=True),
    Column("replaces", ForeignKey("invoices.reference"), unique=True),
    text_column("status"),
    text_column("reason"),
    integer_column("seq"),
    Column("created_at", c.MOMENT, nullable=False),
    Column("attempted_at", c.MOMENT),
    text_column("target"),
    Column("customer", Text, nullable=False, index=True),
    text_column("kind"),
    Column("period", c.SPAN, nullable=False),
    Column("issued_on", c.DAY, nullable=False),
    Column("due_on", c.DAY, nullable=False),
    text_column("currency"),
    text_column("language"),
    text_column("order_number"),
    Column("seller", c.JSON, nullable=False),
    Column("buyer", c.JSON, nullable=False),
    Column("buyer_key", c.WORDS, nullable=False),
    Column("taxes", c.JSON, nullable=False),
    Column("net", c.EXACT, nullable=False),
    Column("tax", c.EXACT, nullable=False),
    Column("gross", c.EXACT, nullable=False),
    Column("basis", Text),  # digest, of a document that was issued before its period closed
)

#: Work that was billed before its period closed. What is said at the close replaces it.
early_work = Table(
    "early_work",
    metadata,
    Column("reference", ForeignKey("invoices.reference"), primary_key=True),
    Column("work", ForeignKey("work.key"), primary_key=True),
)

lines = Table(
    "lines",
    metadata,
    Column("reference", ForeignKey("invoices.reference"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    text_column("customer"),
    Column("key", c.KEY, nullable=False),
    text_column("period"),  # the key's: the period that the line belongs to, as 2026-03
    Column("charged", c.KEY),  # the key of a charge that counts; NULL for corrections and replaced invoices
    text_column("role"),
    text_column("text"),
    Column("quantity", c.EXACT, nullable=False),
    text_column("unit"),
    Column("unit_price", c.EXACT, nullable=False),
    Column("amount", c.EXACT, nullable=False),
    text_column("tax"),
    text_column("category"),
    Column("percent", c.EXACT, nullable=False),
    Column("service_from", c.DAY, nullable=False),
    Column("service_to", c.DAY, nullable=False),
    integer_column("seconds"),
    text_column("name"),
    text_column("number"),
    Column("corrects", c.NAMES, nullable=False),
    UniqueConstraint("customer", "charged"),  # nothing is charged twice
    Index(None, "customer", "role", "period"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", ForeignKey("invoices.reference"), nullable=False, index=True),
    Column("at", c.MOMENT, nullable=False),
    text_column("remote_id"),
    text_column("state"),
    text_column("number"),
    text_column("currency"),
    Column("net", c.EXACT, nullable=False),
    Column("tax", c.EXACT, nullable=False),
    Column("gross", c.EXACT, nullable=False),
    Column("lines", c.AMOUNTS, nullable=False),
    text_column("digest"),
)

acceptances = Table(
    "acceptances",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", ForeignKey("invoices.reference"), nullable=False, index=True),
    Column("receipt_id", ForeignKey("receipts.id")),  # NULL: the books held nothing
    text_column("by"),
    Column("at", c.MOMENT, nullable=False),
)
