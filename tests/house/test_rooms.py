"""Each room touches only what it may: a clock, files, the network, chance, the environment, floats.

Who may import whom among our own modules is held by the import-linter contracts in pyproject.toml; here stand
what comes from outside and the names that nobody may use in a room.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.source import files, imports, local_names, project, tree

CLOCK = {
    "time.time",
    "time.monotonic",
    "time.perf_counter",
    "time.sleep",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
}
FILES = {
    "open",
    "Path",
    "pathlib",
    "os",
    "io.open",
    "shutil",
    "tempfile",
    "glob",
    ".read_text",
    ".write_text",
}
NETWORK = {"socket", "ssl", "urllib.request", "http.client", "smtplib", "asyncio"}
CHANCE = {"random", "secrets", "uuid"}
ENVIRONMENT = {"os.environ", "os.getenv", "environ", "getenv"}
LOG = {"logging", "warnings", "print"}
PROCESSES = {"subprocess", "signal", "threading", "multiprocessing"}
FLOAT = {"float", "a float literal"}
EVERYTHING = CLOCK | FILES | NETWORK | CHANCE | ENVIRONMENT | LOG | PROCESSES | FLOAT


@dataclass(frozen=True)
class Room:
    path: str
    outside: frozenset[str]  # packages from outside that it may import
    never: frozenset[str]


def room(path: str, outside: str = "", never: set[str] = EVERYTHING) -> Room:
    return Room(path, frozenset(outside.split()), frozenset(never))


#: A file is in the room with the longest path that fits.
ROOMS = [
    room("connector/__init__.py"),
    room("connector/model/", "pydantic"),
    room("connector/rating/"),
    room("connector/mapping/", "jmespath"),
    room(
        "connector/config/",
        "yaml pydantic pydantic_core jmespath holidays keyring",
        EVERYTHING - FILES - ENVIRONMENT,
    ),
    room("connector/http.py", "requests tenacity", EVERYTHING - CLOCK - LOG - FLOAT | {"print"}),
    room("connector/files.py", "", EVERYTHING - FILES),
    # git is a process; a hook of it leaves variables in the environment that must not reach it
    room("connector/git.py", "", EVERYTHING - FILES - ENVIRONMENT - {"subprocess"}),
    room("connector/desk.py"),
    room("connector/books.py"),
    room("adapters/", "pydantic"),
    room("connector/store/", "sqlalchemy alembic"),
    room("connector/store/engine.py", "sqlalchemy alembic", EVERYTHING - FILES),
    room("connector/documents/"),
    room("connector/report/"),
    # the hall names machine and process as holder of the lease
    room(
        "connector/workflow/",
        "pydantic",
        EVERYTHING - CLOCK - LOG - {"Path", "pathlib", "os", "socket"} | {"print", "socket.socket"},
    ),
    room("connector/daemon.py", "apscheduler", NETWORK | CHANCE | ENVIRONMENT | FLOAT | {"print", "open"}),
    room("connector/cli/", "click rich", NETWORK | CHANCE | ENVIRONMENT | FLOAT | {"print"}),
]
#: The stage may do anything; import-linter keeps everybody else off it.
STAGE = ("connector/simulators/", "connector/testing/", "connector/demo/")
OURS = {"connector", "adapters", "tests"}
PRODUCT = [file for file in files("connector", "adapters") if not file.startswith(STAGE)]


def room_of(file: str) -> Room:
    fitting = [room for room in ROOMS if file.startswith(room.path)]
    assert fitting, f"{file} is in no room; name its room in {__file__}"
    return max(fitting, key=lambda room: len(room.path))


def full_name(node: ast.expr, known: dict[str, str]) -> str:
    """Write an attribute as ``datetime.datetime.now``, or ``.now`` if it hangs on what is not imported."""
    if isinstance(node, ast.Attribute):
        return f"{full_name(node.value, known)}.{node.attr}"
    return known.get(node.id, "") if isinstance(node, ast.Name) else ""


def uses(file: str) -> Iterator[tuple[int, str]]:
    """Yield line and name of imports, attributes, calls, and float literals."""
    yield from imports(file)
    known = local_names(file)
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Attribute):
            yield node.lineno, full_name(node, known)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.lineno, node.func.id
        elif isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, "a float literal"


def is_banned(name: str, never: frozenset[str]) -> bool:
    """Tell whether a name, a module around it, or its last parts are banned."""
    parts = name.split(".")
    heads = {".".join(parts[: i + 1]) for i in range(len(parts))}
    tails = {".".join(parts[-2:]), f".{parts[-1]}"}
    return bool((heads | tails) & never)


def outside(file: str) -> Iterator[tuple[int, str]]:
    for line, name in imports(file):
        package = name.partition(".")[0]
        if package not in OURS | sys.stdlib_module_names:
            yield line, package


def test_a_room_touches_only_what_it_may() -> None:
    wrong = {
        f"{file}:{line}: {name}"
        for file in PRODUCT
        for line, name in uses(file)
        if is_banned(name, room_of(file).never)
    }
    assert not wrong, "\n".join(["not in this room:", *sorted(wrong)])


def test_a_room_imports_only_what_it_may_from_outside() -> None:
    wrong = {
        f"{file}:{line}: import {name}"
        for file in PRODUCT
        for line, name in outside(file)
        if name not in room_of(file).outside
    }
    assert not wrong, "\n".join(["not in this room:", *sorted(wrong)])


def test_every_room_stands_on_a_floor() -> None:
    contracts = {contract["id"]: contract for contract in project()["tool"]["importlinter"]["contracts"]}
    floors = set(re.findall(r"[\w.]+", " ".join(contracts["floors"]["layers"])))
    rooms = {
        ".".join(Path(file).with_suffix("").parts[:2]) for file in PRODUCT if file.startswith("connector/")
    }
    assert rooms - {"connector.__init__"} <= floors
    assert set(contracts["stage"]["protected_modules"]) == {
        path.strip("/").replace("/", ".") for path in STAGE
    }


@pytest.mark.parametrize(
    ("name", "banned"),
    [
        ("datetime.now", True),
        ("datetime.datetime.now", True),
        ("time.time", True),
        ("os.path.join", True),
        ("socket.socket", True),
        (".open", False),
        ("open", True),
        (".read_text", True),
        (".now", False),
        ("secrets.token_hex", True),
        ("connector.config.secrets.resolve", False),
        ("datetime.timedelta", False),
    ],
)
def test_what_counts_as_banned(name: str, banned: bool) -> None:
    assert is_banned(name, frozenset(EVERYTHING)) is banned
