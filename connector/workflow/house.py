"""The house: who we are, our customers, desks, books and ledger, opened from a configuration file."""

import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connector.books import Books
from connector.config import secrets
from connector.config.check import sound
from connector.config.load import load_customers, load_mappings, load_price_lists, load_settings
from connector.config.usage import load_usage_mappings
from connector.config.validate import Unreadable
from connector.desk import Desk
from connector.files import Folder
from connector.http import ConfigError, Session
from connector.model.basis import Origin
from connector.model.contract import Customer
from connector.model.mapping import DeskMapping
from connector.model.price_list import PriceList
from connector.model.problem import Problem
from connector.model.settings import Settings
from connector.model.usage_mapping import UsageMapping
from connector.model.written import Written
from connector.store import lease
from connector.store.engine import Store, open_store
from connector.workflow.departed import departed
from connector.workflow.docks import Group, adapter_of, read_options, secret_names

#: The lease lasts 120 s; the longest silence of one request is 60 s.
RENEW_AFTER = timedelta(seconds=30)


def now_utc() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


def nothing() -> None:
    """Do nothing."""


def never() -> bool:
    """Go on to the end: nobody asks to stop."""
    return False


@dataclass(kw_only=True)
class House:
    """Everything one run needs. Desks and books are connected when they are first asked for."""

    path: Path  #: the configuration file
    settings: Settings
    origin: Origin  #: of the configuration file
    customers: Mapping[str, Customer]  #: by id; those whose files have errors are left out
    origins: Mapping[str, Origin]  #: by customer id
    mappings: Mapping[str, DeskMapping]  #: by desk name
    store: Store
    price_lists: Mapping[str, PriceList] = field(default_factory=dict)  #: by name
    list_origins: Mapping[str, Origin] = field(default_factory=dict)  #: by name of the price list
    usage_mappings: Mapping[str, UsageMapping] = field(default_factory=dict)  #: by usage source
    problems: tuple[Problem, ...] = ()  #: of the customer files and price lists
    actor: str = "deskbill"  #: who is at work, for decisions and events
    now: Callable[[], datetime] = now_utc  #: aware
    stop: Callable[[], bool] = never  #: asked through `halted` after each page and document
    sleep: Callable[[float], object] = time.sleep  #: how the door waits before it tries again
    desks: dict[str, Desk] = field(default_factory=dict)  #: connected so far
    books: dict[str, Books] = field(default_factory=dict)  #: connected so far
    dock_settings: Mapping[tuple[Group, str], Written] = field(default_factory=dict)
    before_write: Callable[[], object] = nothing  #: called by the door just before a write goes out
    sessions: list[Session] = field(default_factory=list)
    renewed_at: datetime | None = None  #: when the writer's lease was taken or renewed; None: not ours

    def today(self) -> date:
        """Return today's date in the issuer's zone."""
        return self.now().astimezone(ZoneInfo(self.settings.timezone)).date()

    @contextmanager
    def writer(self) -> Iterator[None]:
        """Hold the writer's lease. Inside another `writer` of the same house it does nothing.

        Raises:
            Busy: another process holds it.
        """
        if self.renewed_at is not None:
            yield
            return
        holder, now = self._holder(), self.now()
        lease.acquire(self.store, holder, now)
        self.renewed_at = now
        try:
            yield
        finally:
            self.renewed_at = None
            lease.release(self.store, holder)

    def halted(self) -> bool:
        """Tell, after each page and document, whether somebody asks to stop; renew the lease on the way."""
        if self.renewed_at is not None and self.now() - self.renewed_at > RENEW_AFTER:
            self.renew()
        return self.stop()

    def renew(self) -> None:
        """Keep the writer's lease for longer.

        Raises:
            Busy: another process took it over, as while this one slept; it must write no more.
        """
        self.renewed_at = self.now()
        lease.renew(self.store, self._holder(), self.renewed_at)

    @contextmanager
    def noting(self, act: Callable[[], object]) -> Iterator[None]:
        """Let ``act`` be done just before each write goes out."""
        self.before_write = act
        try:
            yield
        finally:
            self.before_write = nothing

    def _note_write(self) -> None:
        self.before_write()

    def _holder(self) -> str:
        return f"{self.actor} (process {os.getpid()} on {socket.gethostname()})"

    def customer(self, name: str) -> Customer:
        """Look up a customer.

        Raises:
            ConfigError: there is none of that id.
        """
        if name not in self.customers:
            raise ConfigError(f"no customer '{name}'; there are: {_listed(self.customers)}")
        return self.customers[name]

    def desk(self, name: str) -> Desk:
        """Return a desk of the configuration, connected once.

        Raises:
            ConfigError: the configuration has no such desk, or a secret is missing.
        """
        self.demand("desks", name)
        if name not in self.desks:
            self.desks[name] = self._connect("desks", name, self.settings.desks[name].adapter)
        return self.desks[name]

    def book(self, name: str) -> Books:
        """Return an accounting system of the configuration, connected once.

        Raises:
            ConfigError: the configuration has no such books, or a secret is missing.
        """
        self.demand("books", name)
        if name not in self.books:
            self.books[name] = self._connect("books", name, self.settings.books[name].adapter)
        return self.books[name]

    def demand(self, group: Group, name: str) -> None:
        """Raise ConfigError if the configuration has no such desk or books."""
        known: Mapping[str, object] = self.settings.desks if group == "desks" else self.settings.books
        if name not in known:
            raise ConfigError(f"the configuration has no {group}.{name}; it has: {_listed(known)}")

    def close(self) -> None:
        """Let go of connections and ledger."""
        for session in self.sessions:
            session.close()
        self.store.close()

    def _connect(self, group: Group, name: str, adapter: str) -> Any:
        settings = self.dock_settings[group, name]
        return adapter_of(group, adapter).connect(settings, self._session(settings))

    def _session(self, settings: Written) -> Session | Folder:
        url = getattr(settings, "url", None)
        if url is None:
            return Folder(self.path.parent / str(getattr(settings, "path", ".")))
        try:
            needed = {
                name: secrets.resolve(name, self.settings, self.path.parent)
                for name in secret_names(settings)
            }
        except secrets.SecretError as error:
            raise ConfigError(str(error)) from None
        door = Session(url, secrets=needed, stop=self.halted, sleep=self.sleep, before_write=self._note_write)
        self.sessions.append(door)
        return door


def open_house(
    path: Path,
    *,
    actor: str = "deskbill",
    now: Callable[[], datetime] = now_utc,
    stop: Callable[[], bool] = never,
    sleep: Callable[[float], object] = time.sleep,
) -> House:
    """Open the house of a configuration file. Paths in it are relative to it.

    Raises:
        Unreadable: the configuration, a mapping or an adapter's option is wrong; each fault with its place.
        ConfigError: an adapter is unknown.
        OlderSchema, NewerSchema: the database is of another version.
    """
    settings, origin = load_settings(path)
    written, problems = load_customers(path.parent / settings.customers)
    mappings, usage_mappings = _mappings(settings, origin)
    lists, list_faults = load_price_lists(path.parent / settings.price_lists)
    customers, errors = sound(written, settings, mappings, lists, usage_mappings)
    dock_settings = read_options(settings, origin, mappings)
    store = open_store(path.parent / settings.database)
    return House(
        path=path,
        settings=settings,
        origin=origin,
        customers={customer.customer: customer for customer, _ in customers},
        origins={customer.customer: place for customer, place in customers},
        mappings=mappings,
        store=store,
        price_lists={name: noun for name, (noun, _) in lists.items()},
        list_origins={name: place for name, (_, place) in lists.items()},
        usage_mappings=usage_mappings,
        problems=(
            *problems,
            *list_faults,
            *errors,
            *departed(store, [customer.customer for customer, _ in written]),
        ),
        actor=actor,
        now=now,
        stop=stop,
        sleep=sleep,
        dock_settings=dock_settings,
    )


def _mappings(
    settings: Settings, origin: Origin
) -> tuple[Mapping[str, DeskMapping], Mapping[str, UsageMapping]]:
    """Read the mappings of desks and usage sources; a wrong one stops the house."""
    read, faults = load_mappings(settings, origin)
    usage_mappings, usage_faults = load_usage_mappings(settings, origin)
    if faults or usage_faults:
        raise Unreadable([*faults, *usage_faults])
    return {name: mapping for name, (mapping, _) in read.items()}, usage_mappings


def _listed(names: Mapping[str, object]) -> str:
    return ", ".join(sorted(names)) or "none"
