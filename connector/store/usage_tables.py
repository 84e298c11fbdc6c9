"""The tables of usage: files as last read, records, their versions, and what closed periods claim of them."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from connector.store import columns as c
from connector.store.tables import integer_column, metadata, text_column

usage_files = Table(
    "usage_files",
    metadata,
    Column("source", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    text_column("digest"),  # of content and mapping as last read
    Column("read_at", c.MOMENT, nullable=False),
    Column("problems", c.TROUBLES, nullable=False),
)

usage = Table(
    "usage",
    metadata,
    Column("key", Text, primary_key=True),  # source/record
    Column("source", Text, nullable=False, index=True),
    text_column("file"),  # that tells it now
    Column("customer", Text, nullable=False, index=True),  # whose closed period claimed it; empty: none
)

usage_versions = Table(
    "usage_versions",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    integer_column("until"),  # the version that took its place, or STANDS
    Column("usage", ForeignKey("usage.key"), nullable=False),
    text_column("digest"),
    Column("deleted", Boolean, nullable=False),
    text_column("record"),
    Column("owner_id", ForeignKey("owners.id"), nullable=False, index=True),
    Column("quantity", c.EXACT, nullable=False),
    Column("start", c.DAY, nullable=False),
    Column("at", c.MOMENT),
    Column("end", c.DAY),
    Column("stands", Boolean, nullable=False),
    text_column("unit"),
    text_column("text"),
    Column("cost", c.EXACT),
    text_column("ticket"),
    text_column("number"),
    Column("columns", c.WORDS, nullable=False),
    UniqueConstraint("usage", "until"),  # one version stands
    Index(None, "start"),
)

usage_claims = Table(
    "usage_claims",
    metadata,
    Column("customer", Text, primary_key=True),
    Column("period_start", c.DAY, primary_key=True),
    Column("usage", ForeignKey("usage.key"), primary_key=True, index=True),
    Column("owner_id", ForeignKey("owners.id"), nullable=False),  # whose words named it then
    text_column("fate"),
)
