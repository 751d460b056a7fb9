"""What the pages show is run, and answers as they say."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from docs_pages import HOW_TOS, ROOT, TUTORIAL, Step, blocks, missing, play, steps


def hold(page: Path, done: Iterable[tuple[Step, str]]) -> None:
    wrong = []
    for step, answered in done:
        lacking = missing(step.shown, answered)
        if lacking or "Traceback" in answered:
            where = f"{page.relative_to(ROOT)}:{step.line}: {step.command}"
            wrong.append("\n".join([where, *(f"  lacks: {line}" for line in lacking), "  answered:", answered]))
    assert not wrong, "\n\n".join(wrong)


def test_the_tutorial_runs(tutorial) -> None:
    hold(TUTORIAL, tutorial[1])


@pytest.mark.parametrize("page", HOW_TOS, ids=lambda page: page.stem)
def test_a_how_to_runs(page: Path, shop: Path) -> None:
    done = list(play(page, shop))
    assert done, "a how-to shows something that runs"
    hold(page, done)


def test_the_readme_runs(tmp_path: Path) -> None:
    hold(ROOT / "README.md", play(ROOT / "README.md", tmp_path))


def test_the_readme_names_targets_that_there_are() -> None:
    targets = (ROOT / "Makefile").read_text()
    commands = [
        block.text.split()
        for page in ("README.md", "CONTRIBUTING.md")
        for block in blocks(ROOT / page)
        if block.language == "sh"
    ]
    named = {words[n + 1] for words in commands for n, word in enumerate(words) if word == "make"}
    assert named >= {"demo", "test", "check"}
    assert all(f"\n{name}:" in targets for name in named)


def test_the_run_of_a_page_goes_red(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        '```console\n$ tillid --version\ntillid, version …\n\n$ tillid sql \\\n    "select\n    1"\nsomething else\n```\n'
    )
    (version, said), (sql, refused) = play(page, tmp_path)
    assert not missing(version.shown, said)
    assert sql.command.split()[:2] == ["tillid", "sql"]
    assert "select\n    1" in sql.command
    assert missing(sql.shown, refused) == ["something else"]
    assert [step.line for block in blocks(page) for step in steps(block)] == [2, 5]


def test_shown_lines_must_come_in_order() -> None:
    assert not missing(("a  1", "…", "b … 2"), "x\na 1\ny\nb and 2\n")
    assert missing(("b", "a"), "a\nb\n") == ["a"]
    assert missing(("a 1",), "a 12\n") == ["a 1"]
