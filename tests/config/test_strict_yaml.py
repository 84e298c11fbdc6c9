"""The strict reader: what it reads, where things stand, and what it refuses."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from connector.config.validate import Unreadable
from connector.config.yaml import parse, read
from connector.model.problem import Problem


def test_every_scalar_is_the_text_that_stands_there() -> None:
    tree, _ = parse("a: 20:00\nb: NO\nc: 0204\nd: 1.50\ne: ~\nf: 'x: y'\ng: [yes, 2026-01-01]\nh: {}", "f")
    assert tree == {
        "a": "20:00",
        "b": "NO",
        "c": "0204",
        "d": "1.50",
        "e": "~",
        "f": "x: y",
        "g": ["yes", "2026-01-01"],
        "h": {},
    }


def test_block_text_keeps_its_inner_lines() -> None:
    assert parse("a: |\n  one\n  two\nb: >\n  three\n  four\n", "f")[0] == {
        "a": "one\ntwo",
        "b": "three four",
    }


def test_places_of_values_keys_and_items() -> None:
    text = "name: x\nrates:\n  - {hourly: 5 EUR}\n  -\n    when:\n      service: phone\n"
    _, origin = parse(text, "c.yaml")
    assert origin.lines == {
        "": (1, 1),
        "name": (1, 7),
        "rates": (2, 1),
        "rates.0": (3, 5),
        "rates.0.hourly": (3, 14),
        "rates.1": (5, 5),
        "rates.1.when": (5, 5),
        "rates.1.when.service": (6, 16),
    }
    assert origin.keys["rates.1.when.service"] == (6, 7)
    assert str(origin.source("rates.1.when.shift")) == "c.yaml:5:5"
    assert str(origin.key_source("rates.0.hourly")) == "c.yaml:3:6"
    assert str(origin.key_source("rates.0")) == "c.yaml:3:5"


REFUSED = {
    "": "1:1: the file is empty",
    "# only words\n": "2:1: the file is empty",
    "a: 1\na: 2\n": "2:1: key 'a' stands twice, first in line 1; keep one of them",
    "b: {a: 1, c: 2, a: 3}": "1:17: key 'a' stands twice, first in line 1; keep one of them",
    "a: &x 1\n": "1:4: anchor '&x' is not taken; write the value out where it is needed",
    "a: *x\n": "1:4: alias '*x' is not taken; write the value out",
    "<<: {a: 1}\n": "1:1: merge key '<<' is not taken; write the keys out",
    "a: !!int 5\n": ("1:4: tag 'tag:yaml.org,2002:int' is not taken; remove it, every value is read as text"),
    "a: !secret x\n": "1:4: tag '!secret' is not taken; remove it, every value is read as text",
    "a: 1\n---\nb: 2\n": "2:1: a second document begins here; put it into a file of its own",
    "%YAML 1.1\n---\na: 1\n": "1:1: a % directive is not taken; remove it",
    "a:\n\tb: 1\n": "2:1: a tab stands here; write spaces",
    "a: 'x\ty'\n": "1:6: a tab stands here; write spaces",
    "a:\nb: 1\n": "1:1: no value stands after 'a:'; write one or remove it",
    "a:\n  - x\n  -\n": "3:4: no value stands here; write one or remove it",
    "a: [x, {b: }]\n": "1:9: no value stands after 'b:'; write one or remove it",
    "? [a, b]\n: 1\n": (
        "1:3: a key must be one word or text; put text that begins with [, {, & or * in quotes"
    ),
    "?\n: 1\n": "1:2: a key is missing before ':'",
    "&k a: 1\n": "1:1: a key takes neither anchor nor tag; remove it",
    "a: b: c\n": (
        "1:5: this is not YAML: mapping values are not allowed here; "
        "check the indentation, and quote text with ': ' or '#'"
    ),
    "a: [1, 2\nb: 3\n": (
        "2:2: this is not YAML: expected ',' or ']', but got ':'; "
        "check the indentation, and quote text with ': ' or '#'"
    ),
    "a: 'x\n": (
        "2:1: this is not YAML: found unexpected end of stream; "
        "check the indentation, and quote text with ': ' or '#'"
    ),
    "a: x\x07y\n": "1:5: a control character stands here; remove it",
    "a: 1\nää: ää\x00\n": "2:7: a control character stands here; remove it",
}


@pytest.mark.parametrize(("text", "told"), REFUSED.items())
def test_what_is_refused(text: str, told: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(text, "acme.yaml")
    assert str(caught.value) == f"acme.yaml:{told}"


def test_all_that_is_refused_is_told_at_once() -> None:
    with pytest.raises(Unreadable) as caught:
        parse("a: &x 1\nb: *x\nc:\n", "f")
    assert [str(problem.source) for problem in caught.value.problems] == ["f:1:4", "f:2:4", "f:3:1"]
    assert {problem.code for problem in caught.value.problems} == {"unreadable"}


def test_nesting_ends_somewhere() -> None:
    with pytest.raises(Unreadable, match=r"^f:1:42: this is nested too deep$"):
        parse("[" * 60 + "]" * 60, "f")


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    path.write_bytes(b"customer: acme\nname: M\xfcller\n")
    with pytest.raises(Unreadable) as caught:
        read(path)
    assert str(caught.value) == f"{path}:2:8: this is not UTF-8; save the file with the encoding UTF-8"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    with pytest.raises(Unreadable) as caught:
        read(path)
    reason = "cannot be read: No such file or directory; check the path and its rights"
    assert str(caught.value) == f"{path}:1:1: {reason}"


def test_the_mark_of_windows_editors_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: M\xc3\xbcller\r\n")
    tree, origin = read(path)
    assert tree == {"name": "Müller"}
    assert origin.lines["name"] == (1, 7)


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)
_TREES = st.recursive(
    _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=3),
    max_leaves=9,
)


@given(_TREES)
def test_what_is_quoted_is_read_as_it_was_written(tree: Any) -> None:
    text = pyyaml.safe_dump(tree, default_style='"', allow_unicode=True)
    assert parse(text, "f")[0] == tree


@given(st.text(st.sampled_from("ab:-?[]{}&*!|>'\"#%@`,~<= \n\x07ä0"), max_size=40))
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    problems: Sequence[Problem] = ()
    try:
        parse(text, "f")
    except Unreadable as error:
        problems = error.problems
    assert all(str(problem.source).startswith("f:") and problem.message for problem in problems)
