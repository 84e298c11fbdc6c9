"""A folder of finished files: each is written once, whole, and never overwritten."""

import os
from pathlib import Path

from connector.http import ConfigError, Refused, Transient


class Folder:
    """A handle to a folder, made by the hall, handed to an adapter. Errors are those of `connector.http`."""

    def __init__(self, path: Path) -> None:
        """Take an existing folder.

        Raises:
            ConfigError: it is no folder.
        """
        if not path.is_dir():
            raise ConfigError(f"{path} is no folder; create it, or name another")
        self.path = path

    def __repr__(self) -> str:
        return f"Folder({str(self.path)!r})"

    def write(self, name: str, content: bytes) -> None:
        """Put a file in place so that it is there whole or not at all, even if the power fails.

        The same content under the same name again changes nothing.

        Raises:
            Refused: a file of that name holds something else.
            Transient: the disk is full, read-only or gone.
        """
        present = self.read(name)
        if present is None:
            try:
                self._place(self._file(name), content)
            except OSError as error:
                raise Transient(f"{self.path / name}: cannot be written: {error.strerror}") from error
        elif present != content:
            raise Refused(f"{self.path / name} is there with other content; move it away or settle it first")

    def read(self, name: str) -> bytes | None:
        """Return a file's content; None: there is none of that name.

        Raises:
            Transient: it is there and cannot be read.
        """
        try:
            return self._file(name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Transient(f"{self.path / name}: cannot be read: {error.strerror}") from error

    def names(self, suffix: str) -> list[str]:
        """List the names that end so, in order. Files that are still being written are not among them."""
        try:
            return sorted(path.name for path in self.path.iterdir() if path.name.endswith(suffix))
        except OSError as error:
            raise Transient(f"{self.path}: cannot be listed: {error.strerror}") from error

    def _file(self, name: str) -> Path:
        if not name or name != Path(name).name or name.startswith("."):
            raise Refused(f"'{name}' is no name for a file in {self.path}")
        return self.path / name

    @staticmethod
    def _place(target: Path, content: bytes) -> None:
        aside = target.with_name(f".{target.name}.part")
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the name, too, is on the disk
        finally:
            os.close(folder)
