"""Works on batches ahead of who takes them, on all processors, and hands the results on in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def ahead(work: Callable[[_Item], _Result], items: Iterable[_Item], workers: int | None = None) -> Iterator[_Result]:
    """`work` of each of `items`, in their order; at most one more than `workers` are under way or wait to be taken.

    It pays for work that lets other threads go on, as Arrow's functions do. What `work` or `items` raises is
    raised here.

    >>> list(ahead(len, ["a", "bcd", ""]))
    [1, 3, 0]
    """
    workers = workers or len(os.sched_getaffinity(0))
    under_way: deque[Future[_Result]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for item in items:
                under_way.append(pool.submit(work, item))
                if len(under_way) > workers:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            for future in under_way:
                future.cancel()
