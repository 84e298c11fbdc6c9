"""The tail stays short: what is long is two things, and a reader would want two names."""

import ast

from tests.house.source import ROOT, files, tree

LONGEST_FUNCTION = 40  # lines from the name to the end, without the docstring
LONGEST_FILE = 300
MIGRATIONS = "connector/store/migrations/versions/"
FILES = [file for file in files("connector", "adapters", "benchmarks") if not file.startswith(MIGRATIONS)]


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    text = function.body[0] if ast.get_docstring(function) else None
    documented = (text.end_lineno or 0) - text.lineno + 1 if text else 0
    return (function.end_lineno or 0) - function.lineno + 1 - documented


def functions(file: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [n for n in ast.walk(tree(file)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_no_function_is_too_long() -> None:
    lengths = {f"{file}:{f.lineno} {f.name}": length(f) for file in FILES for f in functions(file)}
    assert {place: lines for place, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def test_no_file_is_too_long() -> None:
    lengths = {file: len((ROOT / file).read_text(encoding="utf-8").splitlines()) for file in FILES}
    assert {file: lines for file, lines in lengths.items() if lines > LONGEST_FILE} == {}
