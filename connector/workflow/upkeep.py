"""Upkeep of the ledger: found it, back it up, bring an older one up to date, purge it, forget a person."""

from datetime import datetime, timedelta
from pathlib import Path

from connector.config.load import load_settings
from connector.store import privacy
from connector.store.engine import backup as copy_store
from connector.store.engine import create
from connector.store.engine import upgrade as migrate
from connector.store.lease import Busy
from connector.store.nouns import Purged, StoreError
from connector.workflow.house import House

__all__ = ["Busy", "Purged", "StoreError", "backup", "database", "forget", "found", "purge", "upgrade"]


def database(config: Path) -> Path:
    """Tell where the configuration has its database.

    Raises:
        Unreadable: the configuration cannot be read.
    """
    return config.parent / load_settings(config)[0].database


def found(config: Path) -> Path:
    """Create the database that the configuration names.

    Raises:
        StoreError: it is there already, or its folder cannot be written to.
    """
    path = database(config)
    create(path).close()
    return path


def upgrade(config: Path, at: datetime) -> Path | None:
    """Bring the database to this version; return the backup made before, None if nothing was to do."""
    path = database(config)
    backup_to = path.with_name(f"{path.name}.{at:%Y%m%dT%H%M%S}.bak")
    return backup_to if migrate(path, backup_to) else None


def backup(house: House, to: Path) -> None:
    """Copy the whole database while it may be in use.

    Raises:
        StoreError: the copy cannot be written.
    """
    copy_store(house.store, to)


def purge(house: House) -> Purged:
    """Remove raw records and notes that are older than the retention settings; no document is touched.

    Raises:
        Busy: another process writes.
    """
    now, keep = house.now(), house.settings.retention
    with house.writer():
        raw_before, notes_before = (
            now - timedelta(seconds=keep.raw),
            house.today() - timedelta(seconds=keep.notes),
        )
        return privacy.purge(house.store, raw_before, notes_before, now)


def forget(house: House, desk: str, person: str) -> bool:
    """Blank a person's name, by the desk's own id, everywhere, and tell whether there was such a person.

    Figures and digests stay as they are.

    Raises:
        Busy: another process writes.
    """
    with house.writer():
        return privacy.forget(house.store, desk, person, house.now())
