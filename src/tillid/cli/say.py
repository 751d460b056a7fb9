"""One answer in one of two ways: a JSON object for programs, or a page for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import click

from tillid.cli.asked import Asked
from tillid.cli.json_text import to_json

Answer = Mapping[str, object]


def say(asked: Asked, answer: Answer | Callable[[], Answer], show: Callable[[], None]) -> None:
    """Print `answer` as JSON where that was asked for, else `show` it."""
    if asked.as_json:
        click.echo(to_json(answer() if callable(answer) else answer))
    else:
        show()
