"""Work on tables, done in threads of its own: each piece after those that touch what it touches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

_Result = TypeVar("_Result")
_LANES = 2
_PATIENCE = 0.1


class Given(Generic[_Result]):
    """A piece of work that was given, and is done in its turn."""

    def __init__(self, future: Future[_Result]) -> None:
        self._future = future

    def result(self) -> _Result:
        """Wait until it is done: what it came to. Raises what it raised, or what an earlier piece did."""
        return self._future.result()


@dataclass(frozen=True, slots=True)
class _Piece:
    future: Future[Any]
    reads: frozenset[str]
    writes: frozenset[str]

    def comes_before(self, later: _Piece) -> bool:
        return not (self.writes.isdisjoint(later.reads | later.writes) and self.reads.isdisjoint(later.writes))


class InTurn:
    """Does what it is given as if in the order in which it was given, two pieces at a time where none would tell.

    A piece waits for earlier ones that write what it reads, or that touch what it writes. Two at a time keep all
    processors busy while one of them comes to its end. When a piece fails, none is begun any more: each raises
    the same, and nothing more is taken.

    >>> turn = InTurn("doc")
    >>> made = []
    >>> first = turn.do(lambda: made.append(1), writes={"a"})
    >>> turn.do(lambda: made.append(2), reads={"a"}, writes={"b"}).result()
    >>> made
    [1, 2]
    >>> turn.stop()
    """

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(_LANES, thread_name_prefix=name)
        self._failure: BaseException | None = None
        self._pieces: list[_Piece] = []

    def do(
        self, work: Callable[[], _Result], *, reads: Collection[str] = (), writes: Collection[str] = ()
    ) -> Given[_Result]:
        """Take a piece of work over the tables that it `reads` and `writes`; raises what an earlier one raised."""
        self._raise_failure()
        self._pieces = [piece for piece in self._pieces if not piece.future.done()]
        piece = _Piece(Future(), frozenset(reads), frozenset(writes))
        before = [each.future for each in self._pieces if each.comes_before(piece)]
        self._pieces.append(piece)
        _when_all(before, lambda: self._pool.submit(self._run, work, piece.future))
        return Given(piece.future)

    def settle(self) -> None:
        """Wait until all is done; raises what went wrong."""
        wait([piece.future for piece in self._pieces])
        self._raise_failure()

    def stop(self, interrupt: Callable[[], None] | None = None) -> None:
        """Take nothing more; begin nothing more, and cut short by `interrupt` what was begun."""
        if interrupt is not None:
            self._failure = self._failure or CancelledError()
            # Again and again: a piece of work may be between two things that can be cut short.
            while begun := wait([piece.future for piece in self._pieces], 0).not_done:
                interrupt()
                wait(begun, _PATIENCE)
        self._pool.shutdown()

    def _run(self, work: Callable[[], _Result], future: Future[_Result]) -> None:
        try:
            self._raise_failure()
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001  whoever waits for it is told
            self._failure = self._failure or error
            future.set_exception(error)

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure


def _when_all(futures: Sequence[Future[Any]], begin: Callable[[], object]) -> None:
    """Call `begin` once, as soon as all `futures` are done."""
    left, counting = len(futures), Lock()

    def one_less(_: Future[Any]) -> None:
        nonlocal left
        with counting:
            left -= 1
            is_last = left == 0
        if is_last:
            begin()

    if not futures:
        begin()
    for future in futures:
        future.add_done_callback(one_less)
