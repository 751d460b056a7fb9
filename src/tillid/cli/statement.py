"""The argument of verbs that take a statement: on the command line, from a file, or from stdin."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from tillid.cli.errors import TextUnreadable


def statement(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command STATEMENT and --file; it is called with the one text, as `text`."""

    @click.argument("statement", metavar="STATEMENT", required=False)
    @click.option("-f", "--file", "path", metavar="FILE", type=click.Path(), help="Read it from FILE; - is stdin.")
    @wraps(command)
    def with_text(*args: Any, statement: str | None, path: str | None, **rest: Any) -> None:
        command(*args, text=_one_text(statement, path), **rest)

    return with_text


def _one_text(text: str | None, path: str | None) -> str:
    if (text is None) == (path is None):
        raise click.UsageError("Give one statement: on the command line, or with -f FILE.")
    if text is not None and text != "-":
        return text
    name = "-" if text == "-" else str(path)
    try:
        with click.open_file(name, "rb") as file:
            raw: bytes = file.read()
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise TextUnreadable(f"The file {Path(name)} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise TextUnreadable(f"The file {Path(name)} is not UTF-8 text") from None
