"""The door to version control: the house's YAML files as they stood at a revision of its git repository."""

import os
import posixpath
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from connector.http import ConfigError

_SUFFIXES = (".yaml", ".yml")
_LINK = "120000"  # git's mode of a symbolic link
_LONGEST = 120  # seconds that git may take: a clone without its objects would fetch them
#: What a hook of git sets for itself; here it would name another repository than the folder's.
_OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY")


@dataclass(frozen=True, kw_only=True)
class Revision:
    """A copy of the repository's YAML files at a revision."""

    name: str  #: as it was asked for, e.g. ``HEAD``
    root: Path  #: where the copy of the repository begins
    folder: Path  #: the house's folder in that copy; it need not be there
    within: PurePosixPath  #: the house's folder as a path from the repository's root
    changed: frozenset[str]  #: paths from the root of what differs in the working tree

    def differs(self, path: str) -> bool:
        """Tell whether a file differs in the working tree; ``path`` is written from the house's folder."""
        return posixpath.normpath((self.within / path).as_posix()) in self.changed

    def cite(self, text: str) -> str:
        """Name files of the copy as git does: ``HEAD:customers/acme.yaml``."""
        return text.replace(f"{self.folder}{os.sep}", f"{self.name}:").replace(
            f"{self.root}{os.sep}", f"{self.name}:/"
        )


class _Failed(Exception):
    """Git said no; the text is its own."""


@contextmanager
def checked_out(folder: Path, name: str) -> Iterator[Revision]:
    """Copy the YAML files of a revision aside; the working tree, the index and the repository stay untouched.

    Args:
        folder: the house's folder, which may lie below the root of the repository.
        name: a branch, tag or commit.

    Raises:
        ConfigError: there is no git, no repository around the folder, or no such revision in it.
    """
    top = _top(folder)
    commit = _commit(top, name)
    within = PurePosixPath(folder.resolve().relative_to(top).as_posix())
    with tempfile.TemporaryDirectory(prefix="deskbill-") as aside:
        root = Path(aside).resolve()
        links = _write_out(top, commit, root)
        yield Revision(
            name=name,
            root=root,
            folder=root / within,
            within=within,
            changed=_changed(top, commit)
            | links,  # what a link leads to may differ, though the link does not
        )


def _top(folder: Path) -> Path:
    try:
        said = _git(folder, "rev-parse", "--show-toplevel")
    except _Failed as failure:
        message = (
            f"{folder} is in no git repository that can be read ({failure}); "
            "commit the customer files, or name two files with --old and --new"
        )
        raise ConfigError(message) from None
    return Path(os.fsdecode(said).rstrip("\n")).resolve()


def _commit(top: Path, name: str) -> str:
    try:
        said = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except _Failed:
        message = (
            f"the repository {top} has no revision '{name}'; name a branch, tag or commit "
            "(a shallow clone lacks most of them: fetch the whole history)"
        )
        raise ConfigError(message) from None
    return said.decode("ascii").strip()


def _changed(top: Path, commit: str) -> frozenset[str]:
    said = _asked(top, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", commit, "--")
    return frozenset(os.fsdecode(path) for path in said.split(b"\0") if path)


def _write_out(top: Path, commit: str, root: Path) -> frozenset[str]:
    """Write the revision's YAML files below a folder; return which of them are links."""
    files = list(_listed(top, commit))
    texts = _texts(top, [number for _, number, _ in files])
    for (mode, _, path), text in zip(files, texts, strict=True):
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if mode == _LINK:
            target.symlink_to(os.fsdecode(text))
        else:
            target.write_bytes(text)
    return frozenset(path for mode, _, path in files if mode == _LINK)


def _listed(top: Path, commit: str) -> Iterator[tuple[str, str, str]]:
    """Yield mode, object and path of each YAML file."""
    for row in _asked(top, "ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0"):
        about, _, name = row.partition(b"\t")
        path = os.fsdecode(name)
        if path.lower().endswith(_SUFFIXES) and ".." not in PurePosixPath(path).parts:
            mode, _, number = about.decode("ascii").split()
            yield mode, number, path


def _texts(top: Path, numbers: list[str]) -> Iterator[bytes]:
    """Yield the content of objects as asked for: git says ``<object> blob <size>``, the bytes, a newline."""
    said = _asked(
        top, "cat-file", "--batch", asks="".join(f"{number}\n" for number in numbers).encode("ascii")
    )
    at = 0
    for _ in numbers:
        begins = said.index(b"\n", at) + 1
        size = int(said[at:begins].rsplit(b" ", 1)[1])
        yield said[begins : begins + size]
        at = begins + size + 1


def _asked(top: Path, *words: str, asks: bytes = b"") -> bytes:
    try:
        return _git(top, *words, asks=asks)
    except _Failed as failure:
        raise ConfigError(f"git {words[0]} failed in {top}: {failure}") from None


def _git(folder: Path, *words: str, asks: bytes = b"") -> bytes:
    program = shutil.which("git")
    if program is None:
        raise ConfigError("git is not installed; install it, or name two files with --old and --new")
    try:
        done = subprocess.run(  # noqa: S603 (git by its full path, without a shell; names come after --end-of-options)
            [program, "-C", str(folder), "-c", "core.fsmonitor=false", *words],
            input=asks,
            capture_output=True,
            check=False,
            env=_environment(),
            timeout=_LONGEST,
        )
    except subprocess.TimeoutExpired:
        raise _Failed(f"no answer within {_LONGEST} s") from None
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _Failed(told[0] if told else f"exit code {done.returncode}")
    return done.stdout


def _environment() -> dict[str, str]:
    """Let git speak English and write nothing, not even a refreshed index."""
    kept = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    return {**kept, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
