"""YAML is read as YAML 1.2 means it, with lines, and nothing in it can explode."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tillid.pipeline.project.findings import Findings
from tillid.pipeline.project.yaml_nodes import LARGEST_FILE, MOST_VALUES, Document, read_yaml


def read(text: str | bytes) -> tuple[Document | None, list[tuple[int, str]]]:
    findings = Findings()
    raw = text.encode() if isinstance(text, str) else text
    document = read_yaml(raw, "some.yml", findings)
    return document, [(finding.line, finding.message) for finding in findings.in_order()]


def value_of(text: str) -> object:
    document, mistakes = read(text)
    assert document is not None
    assert mistakes == []
    return document.value


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("no", "no"),
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("12", 12),
        ("-3", -3),
        ("0800", "0800"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("12.50", 12.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("e5", "e5"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1e999", "1e999"),
        ("12:30", "12:30"),
        ("2011-12-10", "2011-12-10"),
        ("'12'", "12"),
        ('"true"', "true"),
    ],
)
def test_plain_words_resolve_as_in_yaml_1_2(word: str, value: object) -> None:
    found = value_of(f"key: {word}\n")
    assert found == {"key": value}
    assert type(found["key"]) is type(value)  # type: ignore[index]  # True == 1


def test_keys_are_always_text() -> None:
    assert value_of("1: a\ntrue: b\nNO: c\n") == {"1": "a", "true": "b", "NO": "c"}


def test_each_path_has_the_line_of_its_key_or_item() -> None:
    document, _ = read("a:\n  b:\n    - 1\n    - x: 2\n\nc: >\n  folded\n")
    assert document is not None
    lines = {path: document.line(path) for path in [("a",), ("a", "b"), ("a", "b", 0), ("a", "b", 1, "x"), ("c",)]}
    assert list(lines.values()) == [1, 2, 3, 4, 6]


def test_a_path_that_is_not_there_has_the_line_of_its_parent() -> None:
    document, _ = read("\na:\n  b: 1\n")
    assert document is not None
    assert document.line(("a", "missing", 3)) == 2


def test_an_alias_stands_for_its_anchor() -> None:
    document, mistakes = read("a: &shared [1, 2]\nb: *shared\n")
    assert document is not None
    assert mistakes == []
    assert document.value == {"a": [1, 2], "b": [1, 2]}
    assert document.line(("b",)) == 2


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "`a` stands twice: first on line 1"),
        ("a: {b: 1,\n b: 2}\n", 2, "`b` stands twice"),
        ("a: 1\nb: [1, 2\nc: 3\n", 3, "not valid YAML"),
        ("a: 1\n\tb: 2\n", 2, "not valid YAML"),
        ("a: 1\n b: 2\n", 2, "not valid YAML"),
        ("a: 1\nb: 'open\n", 3, "not valid YAML"),
        ("a: 1\nb: !!python/object/apply:os.system [ls]\n", 2, "tags"),
        ("a: !thing 1\n", 1, "tags"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("a: 1\nb: *nowhere\n", 2, "names no anchor"),
        ("a: &self\n  - *self\n", 2, "names no anchor"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", 3, "merge keys"),
        ("? [a, b]\n: 1\n", 1, "a key must be a word"),
        ("a: 1\nb: \x07\n", 2, "control character"),
        ("a: " + "[" * 60 + "]" * 60, 1, "nested deeper"),
    ],
)
def test_each_mistake_of_form_is_one_finding_with_its_line(text: str, line: int, says: str) -> None:
    _, mistakes = read(text)
    assert len(mistakes) == 1
    assert mistakes[0][0] == line
    assert says in mistakes[0][1]


def test_bytes_that_are_not_utf_8_are_a_finding_with_the_line() -> None:
    document, mistakes = read("a: 1\nb: Ærø\n".encode("iso-8859-1"))
    assert document is None
    assert mistakes == [(2, "not UTF-8: save the file as UTF-8")]


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    document, mistakes = read("a: 1\n".encode("utf-8-sig"))
    assert document is not None
    assert (document.value, mistakes) == ({"a": 1}, [])


def test_aliases_of_aliases_stay_bounded() -> None:
    rows = ["a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    document, mistakes = read("\n".join(rows))
    assert document is None
    assert str(MOST_VALUES) in mistakes[0][1]


def test_a_file_that_no_hand_wrote_is_not_read() -> None:
    document, mistakes = read(b"# " + b"x" * LARGEST_FILE)
    assert document is None
    assert "too large" in mistakes[0][1]


def test_an_empty_file_is_nothing() -> None:
    assert value_of("# only a comment\n") is None


@settings(deadline=None)
@given(st.binary(max_size=60) | st.text(alphabet="a:-[]{}&*!|>'\"#?, \n\t%@`\\0<~", max_size=60).map(str.encode))
def test_no_bytes_whatever_crash_the_reader(raw: bytes) -> None:
    document, mistakes = read(raw)
    assert document is not None or mistakes
