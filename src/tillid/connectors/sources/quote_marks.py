"""Watches the quote marks of a text go by, and tells whether each stands where one that opens or closes may."""

from __future__ import annotations

from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

_ONE = pa.scalar(1, pa.uint64())


class QuoteMarks:
    """Whether quotes alternate: one that opens after a separator or line end, one that closes before such.

    Where they do not, `is_odd`, readers of CSV differ on what the text means. `is_open` after the last chunk:
    a quote was never closed.

    >>> marks = QuoteMarks('"', ";")
    >>> marks.pass_by(b'a;"b ""c"";d"'), marks.is_odd, marks.pass_by(b';5" x'), marks.is_odd
    (None, False, None, True)
    """

    def __init__(self, quote: str, separator: str) -> None:
        self._quote = quote.encode()
        self._beside = pa.array(sorted({*b"\r\n", self._quote[0], *separator.encode()}), pa.uint8())
        self._before = b"\n"
        self._is_pending = False
        self.is_open = False
        self.is_odd = False

    def pass_by(self, chunk: bytes) -> None:
        """Look at the next bytes."""
        if not chunk or self.is_odd:
            return
        if self._is_pending:
            # The last one closed at the very end of the chunk before.
            self.is_odd = not pc.is_in(pa.scalar(chunk[0], pa.uint8()), value_set=self._beside).as_py()
            self._is_pending = False
        if self._quote in chunk:
            self._look_at(chunk)
        self._before = chunk[-1:]

    def _look_at(self, chunk: bytes) -> None:
        signs = pa.Array.from_buffers(pa.uint8(), len(chunk) + 1, [None, pa.py_buffer(self._before + chunk)])
        at = pc.indices_nonzero(pc.equal(signs, pa.scalar(self._quote[0], pa.uint8())))
        if self._before == self._quote:
            at = at.slice(1)
        first = int(self.is_open)
        opening, closing = _every_other(at, first), _every_other(at, 1 - first)
        self.is_open = (len(at) % 2 == 1) != self.is_open
        if len(closing) and closing[-1].as_py() == len(chunk):
            self._is_pending = True
            closing = closing.slice(0, len(closing) - 1)
        before = signs.take(pc.subtract(opening, _ONE))
        after = signs.take(pc.add(closing, _ONE))
        self.is_odd |= not (self._are_beside(before) and self._are_beside(after))

    def _are_beside(self, signs: pa.Array) -> bool:
        return pc.all(pc.is_in(signs, value_set=self._beside), min_count=0).as_py() is True


def _every_other(array: pa.Array, first: int) -> pa.Array:
    count = max(0, (len(array) - first + 1) // 2)
    places = _even(1 << max(0, count - 1).bit_length()).slice(0, count)
    return array.slice(first).take(places)


@cache
def _even(count: int) -> pa.Array:
    return pa.array(range(0, 2 * count, 2), pa.uint64())
