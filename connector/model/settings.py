"""The configuration file of the house: who we are, which desks, which books, when."""

from typing import Any, Literal

from pydantic import Field

from connector.model.contract import Party, Tax
from connector.model.written import Amount, Duration, Flag, OneOrMany, Slug, Text, Written, Zone


class DeskSettings(Written):
    """A service desk. Its ``options`` are the adapter's own and are checked by the adapter's `Settings`."""

    adapter: Slug
    mapping: Text = Field(description="path of the mapping file, relative to this file; or packaged:NAME")
    options: dict[str, Any] = Field(default_factory=dict)


class UsageSettings(Written):
    """A source of usage files: licences, telephony, storage, parts."""

    files: OneOrMany = Field(description="paths relative to this file; '*' stands for any part of a name")
    mapping: Text = Field(description="path of the mapping file, relative to this file; or packaged:NAME")


class BooksSettings(Written):
    """An accounting system. ``post: no`` leaves drafts for a person to post."""

    adapter: Slug
    mapping: Text | None = Field(
        default=None, description="path of the mapping file, relative to this file; a folder needs none"
    )
    post: Flag = False
    longest_request: Duration = Field(
        default=300, description="after which a request that got no answer is surely over"
    )
    options: dict[str, Any] = Field(default_factory=dict)


class DaemonSettings(Written):
    """When the daemon works."""

    every: Duration = 900
    jitter: Duration = 60


class Retention(Written):
    """How long `purge` leaves things. Issued documents and what explains them are never removed."""

    raw: Duration = Field(default=400 * 86400, description="raw records of desks")
    notes: Duration = Field(default=400 * 86400, description="notes of work whose period is closed")


class Technician(Written):
    """What a technician's hour costs the house, for cost-plus prices and for what a customer brings in."""

    cost: Amount = Field(description="per hour")


class Settings(Written):
    """The configuration file."""

    house: Party
    timezone: Zone = Field(description="the issuer's: invoice date and number year")
    database: Text = "deskbill.sqlite"
    customers: Text = Field(default="customers", description="folder of the customer files")
    price_lists: Text = Field(default="prices", description="folder of the price lists that customers share")
    technicians: dict[Text, Technician] = Field(
        default_factory=dict, description="by the contract's word for them (else the desk's id)"
    )
    reference: Slug = Field(default="db", description="prefix of document references, e.g. db-2026-0001")
    taxes: dict[str, Tax]
    desks: dict[Slug, DeskSettings] = Field(default_factory=dict)
    usage: dict[Slug, UsageSettings] = Field(default_factory=dict)
    books: dict[Slug, BooksSettings] = Field(default_factory=dict)
    close_after: Duration = 3 * 86400
    daemon: DaemonSettings = DaemonSettings()
    retention: Retention = Retention()
    secrets: Text | None = Field(default=None, description="path of the credentials file (mode 0600)")
    issuer: Literal["books"] = Field(default="books", description="the books' number is the invoice number")
