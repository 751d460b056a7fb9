"""What a long verb tells of how far it is: stages, each with steps; and the progress that says nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Step(Protocol):
    """A stage under way."""

    def advance(self, count: int = 1) -> None:
        """Say that `count` more of the stage's total are done."""
        ...

    def tell(self, what: str) -> None:
        """Say in a few words what is going on within the stage; nothing when that is over."""
        ...


class Progress(Protocol):
    """Told of each stage as it begins and ends."""

    def stage(self, name: str, total: int | None = None) -> AbstractContextManager[Step]:
        """A stage with `total` things to do, or None where nobody knows how many; it ends with the context."""
        ...


class Silent:
    """A progress that shows nothing.

    >>> with Silent().stage("reading", 2) as step:
    ...     step.advance()
    """

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Step]:  # noqa: ARG002
        """A stage that nobody sees."""
        yield self

    def advance(self, count: int = 1) -> None:
        """Nothing."""

    def tell(self, what: str) -> None:
        """Nothing."""
