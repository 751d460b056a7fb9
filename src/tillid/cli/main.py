"""The analyst's door: `tillid VERB`, its exit codes, and how a mistake is told."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Sequence
from typing import NoReturn, TextIO

import click

from tillid import __version__
from tillid.cli.asked import Asked
from tillid.cli.crash import write_crash
from tillid.cli.json_text import to_json
from tillid.cli.options import asking
from tillid.cli.verbs.activate import activate
from tillid.cli.verbs.bench import bench
from tillid.cli.verbs.check import check
from tillid.cli.verbs.count import count
from tillid.cli.verbs.doctor import doctor
from tillid.cli.verbs.explain import explain
from tillid.cli.verbs.init import init
from tillid.cli.verbs.link import link
from tillid.cli.verbs.person import person
from tillid.cli.verbs.plan import plan
from tillid.cli.verbs.quality import quality
from tillid.cli.verbs.read import read
from tillid.cli.verbs.run import run
from tillid.cli.verbs.sql import sql
from tillid.cli.verbs.suggest import suggest
from tillid.cli.verbs.wash import wash
from tillid.terms.errors import TillidError

REFUSED_OR_FAILED = 1
_WITH_A_PROJECT = (check, plan, run, explain, sql, count, person, activate, wash)
VERBS = (init, read, suggest, *_WITH_A_PROJECT, link, quality, doctor, bench)


class _InOrder(click.Group):
    """A group whose help lists its verbs in the order in which they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.commands)


@click.group(cls=_InOrder, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tillid")
@asking
def tillid() -> None:
    """A customer data platform in which purpose is part of every query.

    Exit codes: 0 done, 1 refused or failed, 2 called in a way that does not exist.
    """


for _verb in VERBS:
    tillid.add_command(_verb)


def main() -> NoReturn:
    """Run the verb that the command line names, and end with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    collect_seldom()
    sys.exit(answer(sys.argv[1:]))


def collect_seldom() -> None:
    """Look for rubbish less often than Python does by itself.

    A command is over before it matters, and to compile queries makes many small objects that are all in use:
    a tenth of a small run went to looking at them again and again.
    """
    gc.set_threshold(50_000, 50, 50)


def answer(arguments: Sequence[str]) -> int:
    """Run one verb; its exit code. What went wrong is told on stderr, or on stdout with --json."""
    asked = Asked()
    # The parser would tell its doubts about a statement together with the statement.
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    try:
        code = tillid.main(list(arguments), prog_name="tillid", standalone_mode=False, obj=asked)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return REFUSED_OR_FAILED
    except BrokenPipeError:
        # Who read the answer has gone; what is left in the buffer goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED_OR_FAILED
    except TillidError as error:
        _tell(asked, type(error).__name__, error.message, error.hint)
        return REFUSED_OR_FAILED
    except Exception as error:
        # The text of an error that nobody foresaw may hold a value, so it is not shown.
        if os.environ.get("TILLID_DEBUG") == "1":
            raise
        _tell_crash(asked, error)
        return REFUSED_OR_FAILED
    return code if isinstance(code, int) else 0


def _tell(asked: Asked, kind: str, message: str, hint: str) -> None:
    if asked.as_json:
        _say(sys.stdout, to_json({"error": {"kind": kind, "message": message, "hint": hint}}))
    else:
        _say(sys.stderr, f"tillid: {TillidError(message, hint=hint)}")


def _tell_crash(asked: Asked, error: Exception) -> None:
    log = write_crash(asked.folder_if_any(), asked.verb, error)
    message = f"Something went wrong in Tillid itself ({type(error).__name__})"
    if isinstance(error, OSError) and error.strerror:
        message = f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    hint = f"Where is written in {log}." if log else "TILLID_DEBUG=1 shows where."
    _tell(asked, type(error).__name__, message, hint)


def _say(stream: TextIO, text: str) -> None:
    click.echo(text, file=stream)
