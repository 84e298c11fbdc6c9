"""Secrets: the order in which they are looked for, files that are not to be trusted, and no leaks."""

from pathlib import Path

import pytest
from keyring.errors import KeyringLocked, PasswordDeleteError

from connector.config import secrets
from connector.config.secrets import SecretError
from connector.model.settings import Settings
from tests.config.sample import SETTINGS, settings, spoilt

VALUE = "s3cr3t-value"


class Memory:
    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.held:
            raise PasswordDeleteError
        del self.held[service, username]


class Locked(Memory):
    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked(f"locked: {VALUE}")


def use(keyring: Memory, monkeypatch: pytest.MonkeyPatch) -> Memory:
    for name in ("get_password", "set_password", "delete_password"):
        monkeypatch.setattr(f"keyring.{name}", getattr(keyring, name))
    return keyring


def house(file: str = "") -> Settings:
    return settings(f"secrets: {file}\n{SETTINGS}" if file else SETTINGS)[0]


def credentials(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "secrets.conf"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def told(name: str, settings: Settings, folder: Path = Path()) -> str:
    with pytest.raises(SecretError) as caught:
        secrets.resolve(name, settings, folder)
    assert VALUE not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


def test_the_environment_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials(tmp_path, "zammad.my-token = from file\n", mode=0o644)
    monkeypatch.setenv("DESKBILL_SECRET_ZAMMAD_MY_TOKEN", VALUE)
    assert secrets.resolve("zammad.my-token", house("secrets.conf"), tmp_path) == VALUE


def test_the_credentials_file(tmp_path: Path) -> None:
    credentials(tmp_path, f"# ours\n\n zammad = {VALUE} = x \nother=1\n", mode=0o400)
    assert secrets.resolve("zammad", house("secrets.conf"), tmp_path) == f"{VALUE} = x"


def test_what_systemd_hands_over_needs_no_rights_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "zammad").write_text(f"{VALUE}\n", encoding="utf-8")
    (tmp_path / "zammad").chmod(0o644)
    credentials(tmp_path, "glpi = other\n", mode=0o644)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert secrets.resolve("zammad", house()) == VALUE
    assert secrets.resolve("glpi", house(str(tmp_path / "secrets.conf"))) == "other"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o700, 0o644])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = credentials(tmp_path, f"zammad = {VALUE}\n", mode)
    assert told("zammad", house("secrets.conf"), tmp_path) == (
        f"the credentials file {path} has rights for others; run: chmod 600 {path}"
    )


def test_a_file_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = credentials(tmp_path, f"zammad = {VALUE}\n")
    monkeypatch.setattr("os.getuid", lambda: path.stat().st_uid + 1)
    assert told("zammad", house("secrets.conf"), tmp_path) == (
        f"the credentials file {path} belongs to another user; run: chown $USER {path}"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{VALUE}\n", ":1: write 'name = value'"),
        (f"a = 1\n= {VALUE}\n", ":2: write 'name = value'"),
        (f"zammad =\nglpi = {VALUE}\n", ":1: write 'name = value'"),
        (f"a = {VALUE}\na = {VALUE}\n", ":2: secret 'a' stands twice; keep one of them"),
    ],
)
def test_a_line_that_is_none(tmp_path: Path, text: str, reason: str) -> None:
    path = credentials(tmp_path, text)
    assert told("zammad", house("secrets.conf"), tmp_path) == f"{path}{reason}"


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    path = tmp_path / "secrets.conf"
    gone = told("zammad", house("secrets.conf"), tmp_path)
    assert gone == f"the credentials file {path} cannot be read: No such file or directory"
    path.write_bytes(f"zammad = {VALUE}\xff".encode("latin-1"))
    path.chmod(0o600)
    assert told("zammad", house("secrets.conf"), tmp_path) == f"the credentials file {path} is not UTF-8"


def test_the_keyring_goes_last(monkeypatch: pytest.MonkeyPatch) -> None:
    use(Memory(), monkeypatch).set_password("deskbill", "zammad", VALUE)
    assert secrets.resolve("zammad", house()) == VALUE


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        (None, "the keyring (this machine has none)"),
        (Locked(), "the keyring (it is locked or out of order)"),
        (Memory(), "the keyring"),
    ],
)
def test_nobody_knows_it(backend: Memory | None, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if backend:
        use(backend, monkeypatch)
    assert told("zammad-token", house()) == (
        f"secret 'zammad-token' is in neither DESKBILL_SECRET_ZAMMAD_TOKEN, a credentials file ('secrets') "
        f"nor {words}; run 'deskbill secret set zammad-token' or set DESKBILL_SECRET_ZAMMAD_TOKEN"
    )


def test_set_list_delete(monkeypatch: pytest.MonkeyPatch) -> None:
    use(Memory(), monkeypatch)
    secrets.store("zammad", VALUE)
    secrets.store("glpi.user", "2")
    secrets.store("zammad", "new")
    assert secrets.names() == ["glpi.user", "zammad"]
    assert secrets.resolve("zammad", house()) == "new"
    secrets.delete("zammad")
    assert secrets.names() == ["glpi.user"]
    with pytest.raises(SecretError, match=r"^secret 'zammad' is not in the keyring$"):
        secrets.delete("zammad")


def test_without_a_keyring_nothing_is_kept() -> None:
    reason = (
        "this machine's keyring cannot be used; set DESKBILL_SECRET_A_B or write 'a-b = ...' into a "
        "credentials file of mode 0600 that 'secrets' in the configuration names"
    )
    with pytest.raises(SecretError) as caught:
        secrets.store("a-b", VALUE)
    assert str(caught.value) == reason
    with pytest.raises(SecretError) as caught:
        secrets.delete("a-b")
    assert str(caught.value) == reason
    with pytest.raises(SecretError, match="keyring cannot be used"):
        secrets.names()


@pytest.mark.parametrize("name", ["", "(names)", "a b", "../etc/passwd", "a/b"])
def test_a_name_that_is_none(name: str) -> None:
    assert "is no name of a secret" in told(name, house())


def test_an_empty_secret_is_not_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    use(Memory(), monkeypatch)
    with pytest.raises(SecretError, match=r"^secret 'zammad' is empty; nothing was stored$"):
        secrets.store("zammad", "")
    assert secrets.names() == []


def test_the_configuration_may_name_the_file() -> None:
    assert (
        settings(spoilt("timezone:", "secrets: secrets.conf\ntimezone:", SETTINGS))[0].secrets
        == "secrets.conf"
    )
