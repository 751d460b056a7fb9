"""Counts the digits of every text of a column at once, from Arrow's buffers: several times as fast as matching."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Counts = npt.NDArray[np.int64]

# The first letter in the second half of the alphabets, U+0600, begins with this byte in UTF-8.
_BEYOND_LATIN = 0xD8


@dataclass(frozen=True, slots=True)
class DigitsInTexts:
    """Of each text its length in bytes and how many of these are the digits 0 to 9.

    `beyond_latin` says whether any character from U+0600 on stands in one of them: other digits than these are
    all there. Counts of null texts mean nothing.
    """

    lengths: Counts
    digits: Counts
    beyond_latin: bool

    @classmethod
    def of(cls, texts: pa.Array, least: int = 0) -> DigitsInTexts:
        """Count those of a string or large_string array; none where no text is `least` bytes long.

        >>> counted = DigitsInTexts.of(pa.array(["K00000042", "Århus", None, "7-eleven ٧"]))
        >>> counted.digits.tolist(), counted.lengths.tolist()[:2], counted.beyond_latin
        ([8, 0, 0, 1], [9, 6], True)
        """
        _, offsets, data = texts.buffers()
        width = np.dtype(np.int64 if pa.types.is_large_string(texts.type) else np.int32)
        if offsets is None or not len(texts):
            return cls(np.zeros(len(texts), np.int64), np.zeros(len(texts), np.int64), False)
        bounds = np.frombuffer(offsets, width, len(texts) + 1, texts.offset * width.itemsize).astype(np.int64)
        lengths = np.diff(bounds)
        if data is None or lengths.max() < max(least, 1):
            return cls(lengths, np.zeros(len(texts), np.int64), False)
        text = np.frombuffer(data, np.uint8)[bounds[0] : bounds[-1]]
        # Bytes below "0" wrap around to large ones. One more, so that a text may begin where the last one ends.
        is_digit = np.zeros(len(text) + 1, np.bool_)
        np.less(text - ord("0"), 10, out=is_digit[:-1])
        digits = np.add.reduceat(is_digit.view(np.uint8), bounds[:-1] - bounds[0], dtype=np.uint32).astype(np.int64)
        # An empty text is given what stands where it begins.
        digits[lengths == 0] = 0
        return cls(lengths, digits, bool(text.max() >= _BEYOND_LATIN))
