"""How far a long verb is, on stderr: bars on a terminal once it takes two seconds, else a line a stage."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from time import monotonic
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from tillid.pipeline.progress import Progress

BARS_AFTER = 2.0
"""Seconds after which a terminal shows bars."""


def progress_on_stderr(*, quiet: bool) -> Progress:
    """Bars where stderr is a terminal, else lines; nothing where it is neither read by a person nor asked for."""
    if sys.stderr.isatty():
        return ShownProgress()
    return _Lines(shown=not quiet)


class _Lines:
    """A line a stage, when it is done."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[_Lines]:  # noqa: ARG002
        """A stage that is named when it is done."""
        began = monotonic()
        yield self
        if self._shown:
            click.echo(stage_line(name, monotonic() - began), err=True)

    def advance(self, count: int = 1) -> None:
        """Nothing: a line has no middle."""

    def tell(self, what: str) -> None:
        """Nothing."""


class ShownProgress:
    """A line for each stage that is done; after `bars_after` seconds a bar for the one under way."""

    def __init__(self, bars_after: float = BARS_AFTER) -> None:
        self._began = monotonic()
        self._bars_after = bars_after

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[_ShownStep]:
        """A stage with a bar where it is late enough for one."""
        began = monotonic()
        step = _ShownStep(name, total)
        timer = Timer(max(0.0, self._began + self._bars_after - began), step.show)
        timer.daemon = True
        timer.start()
        try:
            yield step
        finally:
            timer.cancel()
            step.hide()
        click.echo(stage_line(name, monotonic() - began), err=True)


class _ShownStep:
    """A stage under way; shown and hidden from two threads."""

    def __init__(self, name: str, total: int | None) -> None:
        self._name, self._total, self._what = name, total, name
        self._lock = Lock()
        self._done = 0
        self._is_over = False
        self._bars: Bars | None = None
        self._task: TaskID | None = None

    def advance(self, count: int = 1) -> None:
        """Move the bar on."""
        with self._lock:
            self._done += count
            if self._bars is not None and self._task is not None:
                self._bars.update(self._task, completed=self._done)

    def tell(self, what: str) -> None:
        """Say beside the bar what is going on."""
        with self._lock:
            self._what = f"{self._name}: {what}" if what else self._name
            if self._bars is not None and self._task is not None:
                self._bars.update(self._task, description=self._what)

    def show(self) -> None:
        """Draw the bar, unless the stage is over."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        with self._lock:
            if self._is_over:
                return
            columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
            console = Console(stderr=True)
            self._bars = Progress(*columns, TimeElapsedColumn(), console=console, transient=True)
            self._task = self._bars.add_task(self._what, total=self._total, completed=self._done)
            self._bars.start()

    def hide(self) -> None:
        """Take the bar away."""
        with self._lock:
            self._is_over = True
            if self._bars is not None:
                self._bars.stop()


def stage_line(name: str, seconds: float) -> str:
    """The line of a stage that is done.

    >>> stage_line("read crm", 1.234)
    'read crm                                       1.2 s'
    """
    return f"{name:<44} {seconds:5.1f} s"
