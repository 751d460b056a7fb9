"""Pieces of work over tables: whatever runs beside whatever, it is as if one had been done after the other."""

from __future__ import annotations

import time
from concurrent.futures import CancelledError
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tillid.stores.in_turn import InTurn

TABLES = st.sets(st.sampled_from("abcd"), max_size=2)
PIECES = st.lists(st.tuples(TABLES, TABLES), max_size=14)


@settings(max_examples=60, deadline=None)
@given(PIECES, st.randoms(use_true_random=False))
def test_tables_end_as_if_each_piece_were_done_after_the_other(pieces, random) -> None:
    def work(number: int, reads: set[str], writes: set[str], tables: dict[str, str], pause: float) -> str:
        time.sleep(pause)
        seen = "".join(tables.get(name, "") for name in sorted(reads))
        for name in sorted(writes):
            # A piece that adds to a table sees what it holds.
            tables[name] = str(hash((tables.get(name), seen, number)))
        return seen

    together: dict[str, str] = {}
    turn = InTurn("test")
    given_ = [
        turn.do(
            lambda n=n, r=r, w=w: work(n, r, w, together, random.random() / 500),
            reads=r,
            writes=w,
        )
        for n, (r, w) in enumerate(pieces)
    ]
    found = [each.result() for each in given_]
    turn.settle()
    turn.stop()
    alone: dict[str, str] = {}
    assert found == [work(n, r, w, alone, 0) for n, (r, w) in enumerate(pieces)]
    assert together == alone


def test_two_pieces_over_other_tables_run_at_once() -> None:
    turn, one, other = InTurn("test"), Event(), Event()
    first = turn.do(lambda: (one.set(), other.wait(20))[1], writes={"a"})
    second = turn.do(lambda: (other.set(), one.wait(20))[1], reads={"b"}, writes={"c"})
    assert first.result()
    assert second.result()
    turn.stop()


def test_one_that_waits_holds_up_nobody() -> None:
    turn, go = InTurn("test"), Event()
    slow = turn.do(lambda: go.wait(20), writes={"a"})
    waiting = [turn.do(lambda: None, reads={"a"}) for _ in range(3)]
    assert turn.do(lambda: "done", writes={"b"}).result() == "done"
    go.set()
    assert slow.result()
    assert [each.result() for each in waiting] == [None] * 3
    turn.stop()


def test_a_failure_ends_all_that_comes_after_it() -> None:
    turn, done, go = InTurn("test"), [], Event()

    def fail() -> None:
        go.wait(20)
        raise LookupError("row 7")

    failing = turn.do(fail, writes={"a"})
    after = turn.do(lambda: done.append("after"), reads={"a"})
    go.set()
    for each in (failing, after):
        with pytest.raises(LookupError, match="row 7"):
            each.result()
    with pytest.raises(LookupError, match="row 7"):
        turn.do(lambda: done.append("later"))
    with pytest.raises(LookupError, match="row 7"):
        turn.settle()
    turn.stop()
    assert done == []


def test_what_is_stopped_is_cut_short_and_nothing_is_begun() -> None:
    turn, begun, cut, done = InTurn("test"), Event(), Event(), []

    def long() -> None:
        begun.set()
        if cut.wait(20):
            raise InterruptedError

    under_way = turn.do(long, writes={"a"})
    waiting = turn.do(lambda: done.append("waiting"), reads={"a"})
    begun.wait(20)

    turn.stop(cut.set)
    with pytest.raises(InterruptedError):
        under_way.result()
    with pytest.raises(CancelledError):
        waiting.result()
    with pytest.raises(CancelledError):
        turn.do(lambda: done.append("new"))
    assert done == []
