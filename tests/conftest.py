"""What every test stands on: no settings of the machine, no network beyond loopback, the same examples."""

import os
import socket
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("house", derandomize=True, deadline=None, max_examples=60, print_blob=True)
#: For a long look beside CI: pytest tests/laws --hypothesis-profile=thorough
settings.register_profile("thorough", deadline=None, max_examples=1200, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))

_connect = socket.socket.connect


def _connect_to_loopback(self: socket.socket, address: Any) -> None:
    host = address[0] if self.family in (socket.AF_INET, socket.AF_INET6) else "localhost"
    if host != "localhost" and not ip_address(host).is_loopback:
        raise RuntimeError(f"a test wants to reach {host}; tests stay on loopback")
    _connect(self, address)


@pytest.fixture(autouse=True)
def _plain_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("DESKBILL_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setattr(socket.socket, "connect", _connect_to_loopback)
