"""The options that every verb takes, before its name or after it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from tillid.cli.asked import Asked

_Command = TypeVar("_Command", bound=Callable[..., Any])


def asking(command: _Command) -> _Command:
    """Give a command --as, --project and --json; what stands nearest to the verb's end wins."""
    for option in (_JSON, _PROJECT, _AS):
        command = option(command)
    return command


def for_purpose(command: _Command) -> _Command:
    """Give a command --purpose. It may be left out: that is refused and written down, not a slip of the pen."""
    said = "What the data is used for: a key of purposes.yml."
    return click.option("--purpose", metavar="KEY", default="", help=said)(command)


def _keep(context: click.Context, parameter: click.Parameter, value: object) -> None:
    asked = context.ensure_object(Asked)
    asked.verb = " ".join(context.command_path.split()[1:])
    if value not in (None, False):
        setattr(asked, str(parameter.name), value)


_AS = click.option(
    "--as", "actor", metavar="NAME", expose_value=False, callback=_keep,
    help="Who asks, as listed in tillid.yml; default: the system's user.",
)  # fmt: skip
_PROJECT = click.option(
    "--project", metavar="DIR", type=click.Path(path_type=Path), expose_value=False, callback=_keep,
    help="The project's folder; default: the nearest one upwards with a tillid.yml.",
)  # fmt: skip
_JSON = click.option(
    "--json", "as_json", is_flag=True, expose_value=False, callback=_keep, help="Answer with one JSON object."
)
