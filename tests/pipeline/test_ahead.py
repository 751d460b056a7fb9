"""Work ahead of who takes its results: in order, no further ahead than said, and honest about what went wrong."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from time import monotonic, sleep

import pytest

from tillid.pipeline.intake.ahead import ahead


def test_results_come_in_order_though_work_does_not_end_in_it() -> None:
    pauses = [0.03, 0.0, 0.02, 0.0, 0.01]

    def slowly(number: int) -> int:
        sleep(pauses[number])
        return number

    assert list(ahead(slowly, range(5), workers=3)) == list(range(5))


def test_no_more_is_taken_than_is_under_way() -> None:
    taken: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    results = ahead(str, numbers(), workers=2)
    assert next(results) == "0"
    assert taken == [0, 1, 2]


def test_several_work_at_once() -> None:
    meet = threading.Barrier(2, timeout=20)

    def wait(number: int) -> int:
        meet.wait()
        return number

    assert list(ahead(wait, range(4), workers=2)) == [0, 1, 2, 3]


def test_what_fails_is_raised_at_its_place() -> None:
    def half(number: int) -> int:
        if number == 3:
            raise ValueError("three")
        return number

    results = ahead(half, range(100), workers=2)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="three"):
        next(results)


def test_who_stops_early_waits_for_no_more_than_is_under_way() -> None:
    done: list[int] = []

    def slowly(number: int) -> None:
        sleep(0.05)
        done.append(number)

    results = ahead(slowly, range(1000), workers=2)
    next(results)
    began = monotonic()
    results.close()
    assert monotonic() - began < 10
    assert len(done) <= 4
