"""Work done one piece after another in a thread of its own, so that who gives it can go on meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Generic, TypeVar

_Result = TypeVar("_Result")
_PATIENCE = 0.1


class Given(Generic[_Result]):
    """A piece of work that was given, and is done in its turn."""

    def __init__(self, future: Future[_Result]) -> None:
        self._future = future

    def result(self) -> _Result:
        """Wait until it is done: what it came to. Raises what it raised, or what an earlier piece did."""
        return self._future.result()


class InTurn:
    """Does what it is given in the order in which it was given.

    When a piece fails, none after it is done: each raises the same, and nothing more is taken.

    >>> turn = InTurn("doc")
    >>> first = turn.do(lambda: 1)
    >>> turn.do(lambda: first.result() + 1).result()
    2
    >>> turn.stop()
    """

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._failure: BaseException | None = None
        self._last: Future[Any] | None = None

    def do(self, work: Callable[[], _Result]) -> Given[_Result]:
        """Take a piece of work; raises what an earlier one raised."""
        self._raise_failure()
        future = self._pool.submit(self._done, work)
        self._last = future
        return Given(future)

    def settle(self) -> None:
        """Wait until all is done; raises what went wrong."""
        if self._last is not None:
            self._last.result()

    def stop(self, interrupt: Callable[[], None] | None = None) -> None:
        """Take nothing more, leave out what was not begun, and wait for what was, which `interrupt` cuts short."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        last = self._last
        while interrupt is not None and last is not None and not last.done():
            # Again and again: a piece of work may be between two things that can be cut short.
            interrupt()
            wait([last], _PATIENCE)
        self._pool.shutdown(wait=True)

    def _done(self, work: Callable[[], _Result]) -> _Result:
        self._raise_failure()
        try:
            return work()
        except BaseException as error:
            self._failure = error
            raise

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure
