"""The tables of what is seen and decided. Of a version nothing ever changes but its end."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from connector.store import columns as c

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def text_column(name: str) -> Column[str]:
    """Make a column that always holds text."""
    return Column(name, Text, nullable=False)


def integer_column(name: str) -> Column[int]:
    """Make a column that always holds a number."""
    return Column(name, Integer, nullable=False)


#: The end of a version that no other has taken the place of.
STANDS = 2**31 - 1

#: Running numbers. ``seq`` is shared by versions of work and tickets and by decisions.
counters = Table("counters", metadata, Column("name", Text, primary_key=True), integer_column("value"))

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    text_column("holder"),
    Column("since", c.MOMENT, nullable=False),
    Column("until", c.MOMENT, nullable=False),
)

cursors = Table(
    "cursors",
    metadata,
    Column("desk", Text, primary_key=True),
    text_column("cursor"),
    Column("synced_until", c.MOMENT),  # our clock
    Column("at", c.MOMENT, nullable=False),
)

raw_records = Table(
    "raw_records",
    metadata,
    Column("id", Integer, primary_key=True),
    text_column("desk"),
    text_column("ticket"),
    text_column("digest"),
    text_column("payload"),  # canonical JSON
    Column("fetched_at", c.MOMENT, nullable=False),
    UniqueConstraint("desk", "ticket", "digest"),
)

owners = Table(
    "owners",
    metadata,
    Column("id", Integer, primary_key=True),
    text_column("desk"),
    Column("words", c.WORDS, nullable=False),
    UniqueConstraint("desk", "words"),
)

persons = Table(
    "persons",
    metadata,
    Column("id", Integer, primary_key=True),
    text_column("desk"),
    text_column("remote_id"),
    text_column("name"),
    Column("forgotten_at", c.MOMENT),
    UniqueConstraint("desk", "remote_id"),
)

tickets = Table(
    "tickets",
    metadata,
    Column("key", Text, primary_key=True),  # desk/ticket
    text_column("desk"),
    text_column("ticket"),
    text_column("raw_digest"),  # of the newest raw record
    text_column("digest"),  # of the newest snapshot with all its work; empty: none could be parsed
    Column("problem", c.TROUBLE),  # why the newest raw record could not be parsed
    Column("moved", Boolean, nullable=False, index=True),  # it names another owner than some work began with
    UniqueConstraint("desk", "ticket"),
)

ticket_versions = Table(
    "ticket_versions",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    integer_column("until"),  # the version that took its place, or STANDS
    Column("ticket", ForeignKey("tickets.key"), nullable=False),
    text_column("digest"),
    text_column("number"),
    text_column("title"),
    Column("owner_id", ForeignKey("owners.id"), nullable=False),
    Column("changed_at", c.MOMENT, nullable=False),
    Column("created_on", c.DAY),
    Column("closed", Boolean, nullable=False),
    text_column("survey"),
    text_column("survey_text"),
    Column("fields", c.WORDS, nullable=False),
    Column("removed", Boolean, nullable=False),
    UniqueConstraint("ticket", "until"),  # one version stands
    # What a close reads of tickets: those opened in its period, those that changed since the last one.
    Index(None, "owner_id", "created_on"),
    Index(None, "owner_id", "until"),
)

work = Table(
    "work",
    metadata,
    Column("key", Text, primary_key=True),  # desk/ticket/entry
    Column("ticket", ForeignKey("tickets.key"), nullable=False),
    text_column("entry"),
    Column("owner_id", ForeignKey("owners.id"), nullable=False),  # of the first snapshot
    text_column("customer"),  # whose closed period claimed it; empty: none
    Column("worked_on", c.DAY, nullable=False),  # as its newest version says
    Column("long", Boolean, nullable=False),  # over half a day: it may reach into later days
    integer_column("touched"),  # it or its ticket has a newer version than the number before this one
    Column("first_on", c.DAY, nullable=False),  # the first day that any of its versions says
    UniqueConstraint("ticket", "entry"),
    # What a close reads, whatever was before it: the period's work, work unclaimed or touched by late facts.
    Index(None, "owner_id", "long", "worked_on"),
    Index(None, "owner_id", "customer", "worked_on"),
    Index(None, "owner_id", "touched", "first_on"),
)

work_versions = Table(
    "work_versions",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    integer_column("until"),  # the version that took its place, or STANDS
    Column("work", ForeignKey("work.key"), nullable=False),
    text_column("digest"),
    Column("deleted", Boolean, nullable=False),
    integer_column("seconds"),
    Column("worked_on", c.DAY, nullable=False),
    Column("started_at", c.MOMENT),
    Column("ended_at", c.MOMENT),
    Column("person_id", ForeignKey("persons.id")),
    text_column("activity"),
    text_column("note"),
    Column("billable", Boolean),
    Column("fields", c.WORDS, nullable=False),
    Column("problem", c.TROUBLE),
    UniqueConstraint("work", "until"),  # one version stands
    Index(None, "person_id"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    text_column("kind"),
    text_column("by"),
    Column("at", c.MOMENT, nullable=False),
    text_column("why"),
    text_column("customer"),
    text_column("target"),
    Column("period", c.SPAN),
    Column("amount", c.EXACT),
    Column("percent", c.EXACT),
    text_column("tax"),
    text_column("to_customer"),
    text_column("digest"),
    text_column("allowance"),
    Column("seconds", Integer),
    Column("until", c.SPAN),
    text_column("undoes"),
    CheckConstraint("why <> '' AND by <> ''", name="said"),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", c.MOMENT, nullable=False),
    text_column("actor"),
    Column("kind", Text, nullable=False, index=True),
    Column("subject", Text, nullable=False, index=True),
    text_column("detail"),
)
