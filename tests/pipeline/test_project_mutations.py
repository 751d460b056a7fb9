"""Whatever is done to a project's files, the loader answers with findings and never with an exception."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tillid.pipeline.project.load import load_project

NORDBY = Path(__file__).parent / "nordby"
TEXTS = {path.relative_to(NORDBY).as_posix(): path.read_text() for path in sorted(NORDBY.rglob("*.yml"))}
WORDS = sorted({word for text in TEXTS.values() for word in text.replace("\n", " ").split()})
SNIPPETS = [
    *("", "\n", " ", "  ", "\t", ":", "- ", "{", "}", "[", "]", "'", '"', "#", "&a ", "*a", "!!map ", "---\n", "? "),
    *("null", "true", "0", "-1", "1e9", "[]", "{}", "all", "not: {}", "sql: '1 +'", "\u00e6", "\x00", "<<: *a"),
    *("{column: email, eq: 1}", "sql: (select 1)", "sql: 'a; b'", "decimal(99,99)", "9999999 years", "0 days"),
]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, str]:
    """A file of the project and its text after a few changes."""
    name = draw(st.sampled_from(sorted(TEXTS)))
    text = TEXTS[name]
    for _ in range(draw(st.integers(1, 4))):
        lines = text.split("\n")
        at = draw(st.integers(0, max(len(lines) - 1, 0)))
        match draw(st.sampled_from(["drop", "twice", "swap", "word", "insert", "indent", "cut"])):
            case "drop":
                del lines[at]
            case "twice":
                lines.insert(at, lines[at])
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case "word":
                words = lines[at].split(" ")
                words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from(WORDS + SNIPPETS))
                lines[at] = " ".join(words)
            case "insert":
                column = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:column] + draw(st.sampled_from(SNIPPETS)) + lines[at][column:]
            case "indent":
                lines[at] = " " * draw(st.integers(0, 6)) + lines[at].lstrip()
            case "cut":
                lines = lines[:at]
        text = "\n".join(lines)
    return name, text


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(mutated(), min_size=1, max_size=2))
def test_no_change_crashes_the_loader(changes: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = shutil.copytree(NORDBY, Path(place) / "nordby")
        for name, text in changes:
            (folder / name).write_text(text, encoding="utf-8")
        project, findings = load_project(folder)
        assert project is not None or findings
        for finding in findings:
            text = dict(changes).get(finding.file, TEXTS.get(finding.file, ""))
            assert 1 <= finding.line <= text.count("\n") + 2
            assert "\n" not in finding.message
