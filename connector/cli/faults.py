"""Foreseeable faults: the one place that gives each its exit code and its sentence."""

from collections.abc import Iterable
from typing import NamedTuple

from connector.config.secrets import SecretError
from connector.config.validate import Unreadable
from connector.http import ConfigError, RemoteError
from connector.workflow.decide import Refusal
from connector.workflow.upkeep import Busy, StoreError

FINE = 0
DIFFERS = 1  #: something is held, waits or differs
CONFIGURATION = 2  #: the configuration, a file of it, or the command line cannot work
REMOTE = 3  #: a remote is down or refuses
BUSY = 4  #: another process is at work
INTERRUPTED = 130  #: by the keyboard


class Told(NamedTuple):
    """What a fault comes to for the caller."""

    code: int
    message: str


#: The first class that fits decides.
_CODES: tuple[tuple[type[Exception], int], ...] = (
    (Busy, BUSY),
    (RemoteError, REMOTE),
    (Unreadable, CONFIGURATION),
    (ConfigError, CONFIGURATION),
    (SecretError, CONFIGURATION),
    (Refusal, CONFIGURATION),
    (StoreError, CONFIGURATION),
    (OSError, CONFIGURATION),
)
FORESEEN = tuple(kind for kind, _ in _CODES)


def told(error: Exception) -> Told:
    """Give a foreseen fault its exit code and sentence."""
    code = next(code for kind, code in _CODES if isinstance(error, kind))
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return Told(code, f"{place}{error.strerror or error}")
    return Told(code, str(error))


def worst(codes: Iterable[int]) -> int:
    """Give several outcomes one exit code: a remote that is down outweighs what is held."""
    return max(codes, default=FINE)
