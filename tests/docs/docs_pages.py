"""Reads the pages of the documentation and runs what they show."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path

from tillid.cli.main import answer

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
TUTORIAL = DOCS / "tutorial" / "first-lists.md"
HOW_TOS = sorted((DOCS / "how-to").glob("*.md"))
REFERENCE = DOCS / "reference"
_FENCE = re.compile(r"^(`{3,})([\w+-]*)[ \t]*([^\n`]*)\n(.*?)^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_ANYTHING = "…"


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, what stands after it (a path, for a file), its text and first line."""

    language: str
    about: str
    text: str
    line: int


@dataclass(frozen=True)
class Step:
    """A command of a console block and the lines that it is shown to answer."""

    command: str
    shown: tuple[str, ...]
    line: int


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        _, language, about, inside = found.groups()
        yield Block(language, about.strip(), inside, text[: found.start()].count("\n") + 2)


def steps(block: Block) -> Iterator[Step]:
    """The commands of a console block: lines after `$ `, each with the lines below it."""
    found: list[Step] = []
    goes_on = False
    for number, line in enumerate(block.text.splitlines(), block.line):
        if goes_on:
            found[-1] = replace(found[-1], command=f"{found[-1].command}\n{line}")
        elif line.startswith("$ "):
            found.append(Step(line[2:], (), number))
        elif found:
            found[-1] = replace(found[-1], shown=(*found[-1].shown, line))
        # Inside quotes, and after a \\ at the end of a line, a command goes on.
        goes_on = bool(found) and not found[-1].shown and _is_open(found[-1].command)
    yield from (replace(step, command=step.command.replace("\\\n", " ")) for step in found)


def _is_open(command: str) -> bool:
    return command.endswith("\\") or command.count('"') % 2 == 1


def play(page: Path, folder: Path) -> Iterator[tuple[Step, str]]:
    """Do what a page shows, from `folder` on: write its files, run its commands; each step with what it answered.

    A block with a path after its language is a file; a console block is run; a python block marked `run` too, and a
    block marked `printed` below it is what it prints.
    """
    here = folder
    every = list(blocks(page))
    for block, after in zip(every, [*every[1:], None], strict=True):
        if block.language == "console":
            for step in steps(block):
                if step.command.startswith("cd "):
                    here = (here / step.command[3:]).resolve()
                else:
                    yield step, run(step.command, here)
        elif block.about == "run":
            printed = after.text.splitlines() if after is not None and after.about == "printed" else ()
            yield Step("python", tuple(printed), block.line), run_python(block.text, here)
        elif block.about and block.about != "printed":
            path = here / block.about
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")


def run(command: str, folder: Path) -> str:
    """What a command prints: its answer, and where it was refused or failed, what it says of that."""
    words = shlex.split(command)
    if words[0] != "tillid":
        done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, check=False)
        assert done.returncode == 0, f"{command}: {done.stderr.decode()}"
        return done.stdout.decode("utf-8-sig")
    target = words[words.index(">") + 1] if ">" in words else None
    if target:
        # As a shell does: the file is there, and empty, before the command begins.
        (folder / target).write_text("")
    out, err = io.StringIO(), io.StringIO()
    with _standing_in(folder), redirect_stdout(out), redirect_stderr(err):
        code = answer(words[1 : words.index(">")] if target else words[1:])
    if target:
        assert code == 0, f"{command}: {err.getvalue()}"
        (folder / target).write_text(out.getvalue(), encoding="utf-8")
        return ""
    return out.getvalue() + (err.getvalue() if code else "")


def run_python(text: str, folder: Path) -> str:
    """What a piece of Python prints."""
    out = io.StringIO()
    with _standing_in(folder), redirect_stdout(out):
        try:
            exec(compile(text, "<docs>", "exec"), {"__name__": "docs"})
        except Exception:  # noqa: BLE001  whatever it is, the page is wrong
            return traceback.format_exc()
    return out.getvalue()


@contextmanager
def _standing_in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def missing(shown: tuple[str, ...], answered: str) -> list[str]:
    """The shown lines that the answer lacks, in order.

    Blanks count as one, rules of a table not at all; … stands for anything, and alone for any lines.
    """
    lines = [_plain(line) for line in answered.splitlines()]
    lacking, start = [], 0
    for line in shown:
        wanted = _plain(line)
        if not wanted or wanted == _ANYTHING:
            continue
        pattern = re.compile(".*".join(map(re.escape, wanted.split(_ANYTHING))))
        at = next((n for n in range(start, len(lines)) if pattern.fullmatch(lines[n])), None)
        if at is None:
            lacking.append(line)
        else:
            start = at + 1
    return lacking


def _plain(line: str) -> str:
    return " ".join(line.replace("─", " ").split())
