"""Secrets by name: from the environment, a credentials file, or the keyring; never from YAML."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import keyring
from keyring.errors import KeyringError, NoKeyringError, PasswordDeleteError

from connector.model.settings import Settings

_SERVICE = "deskbill"
#: A keyring cannot list what it holds, so the names are kept in it too. No secret can be called so.
_NAMES = "(names)"


class SecretError(Exception):
    """A secret cannot be had. The sentence names it and how to mend that, never its value."""


def resolve(name: str, settings: Settings, folder: Path = Path()) -> str:
    """Find a secret: ``DESKBILL_SECRET_<NAME>``, then systemd's or the credentials file, then the keyring.

    Args:
        name: as written under ``secret`` in the configuration.
        settings: its ``secrets`` names the credentials file.
        folder: of the configuration file, from which that path is relative.

    Raises:
        SecretError: nobody knows it, or the credentials file is not fit to be trusted.
    """
    variable = _variable(name)
    value = os.environ.get(variable) or _from_systemd(name) or _from_file(name, settings, folder)
    if value:
        return value
    try:
        value, keyring_says = keyring.get_password(_SERVICE, name), "the keyring"
    except NoKeyringError:
        value, keyring_says = None, "the keyring (this machine has none)"
    except KeyringError:
        value, keyring_says = None, "the keyring (it is locked or out of order)"
    if not value:
        file = (
            f"the credentials file {settings.secrets}"
            if settings.secrets
            else "a credentials file ('secrets')"
        )
        raise SecretError(
            f"secret '{name}' is in neither {variable}, {file} nor {keyring_says}; "
            f"run 'deskbill secret set {name}' or set {variable}"
        )
    return value


def store(name: str, value: str) -> None:
    """Keep a secret in the keyring; raises `SecretError` if it takes none."""
    _checked(name)
    if not value:
        raise SecretError(f"secret '{name}' is empty; nothing was stored")
    try:
        keyring.set_password(_SERVICE, name, value)
        _list(sorted({*names(), name}))
    except KeyringError:
        raise SecretError(_no_keyring(name)) from None


def delete(name: str) -> None:
    """Take a secret out of the keyring; raises `SecretError` if it is not there."""
    try:
        keyring.delete_password(_SERVICE, _checked(name))
        _list([other for other in names() if other != name])
    except PasswordDeleteError:
        raise SecretError(f"secret '{name}' is not in the keyring") from None
    except KeyringError:
        raise SecretError(_no_keyring(name)) from None


def names() -> list[str]:
    """List the names of the secrets that `store` put into the keyring, sorted; raises `SecretError`."""
    try:
        return (keyring.get_password(_SERVICE, _NAMES) or "").split()
    except KeyringError:
        raise SecretError(_no_keyring("NAME")) from None


def _list(names: list[str]) -> None:
    keyring.set_password(_SERVICE, _NAMES, " ".join(names))


def _no_keyring(name: str) -> str:
    return (
        f"this machine's keyring cannot be used; set {_variable(name)} or write '{name} = ...' "
        "into a credentials file of mode 0600 that 'secrets' in the configuration names"
    )


def _checked(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        raise SecretError(f"'{name}' is no name of a secret; use letters, digits, '.', '_' and '-'")
    return name


def _variable(name: str) -> str:
    return "DESKBILL_SECRET_" + re.sub(r"[-.]", "_", _checked(name)).upper()


def _from_systemd(name: str) -> str | None:
    """Read a credential that systemd handed over (``LoadCredential=NAME:...``); systemd guards its rights."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    path = Path(folder, name) if folder else None
    if path is None or not path.is_file():
        return None
    with _opened(path) as file:
        return file.read().strip()


def _from_file(name: str, settings: Settings, folder: Path) -> str | None:
    if settings.secrets is None:
        return None
    path = folder / settings.secrets
    with _opened(path) as file:
        _guarded(file, path)
        return _parsed(file, path).get(name)


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    try:
        with path.open(encoding="utf-8-sig") as file:  # some editors begin a file with a mark
            yield file
    except OSError as error:
        raise SecretError(f"the credentials file {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:  # it bears the file's content
        raise SecretError(f"the credentials file {path} is not UTF-8") from None


def _guarded(file: TextIO, path: Path) -> None:
    """Refuse a file that others may read; what is asked about is the file that is open, not the path."""
    systemd = os.environ.get("CREDENTIALS_DIRECTORY")
    if systemd and path.is_relative_to(systemd):
        return
    status = os.fstat(file.fileno())
    if status.st_uid != os.getuid():
        raise SecretError(f"the credentials file {path} belongs to another user; run: chown $USER {path}")
    if stat.S_IMODE(status.st_mode) not in (0o600, 0o400):
        raise SecretError(f"the credentials file {path} has rights for others; run: chmod 600 {path}")


def _parsed(file: TextIO, path: Path) -> dict[str, str]:
    secrets: dict[str, str] = {}
    for number, line in enumerate(file, start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = (part.strip() for part in line.partition("="))
        if not equals or not name or not value:
            raise SecretError(f"{path}:{number}: write 'name = value'")
        if name in secrets:
            raise SecretError(f"{path}:{number}: secret '{name}' stands twice; keep one of them")
        secrets[name] = value
    return secrets
